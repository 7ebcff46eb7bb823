import pytest
from django.conf import settings
from django.test import Client
from tenants.accounts.models import User
from tests import factories as make
pytestmark = pytest.mark.django_db

def client(email):
    c = Client(raise_request_exception=False)
    c.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return c

BAD = ["\x00", "a\x00b", "\ud800".encode("utf-8","surrogatepass").decode("latin1"), "9"*400, "%", "'", "\U0001F600", "-1", "1e999", "NaN", "٣"]
def test_probe():
    from urllib.parse import quote
    make.a_product()
    out=[]
    places = [
     ("owner-a@market.localhost","kiln.seller.market.localhost",["/orders/?q={}","/orders/?show={}","/orders/?since={}","/orders/?after={}","/orders/?before={}","/orders/{}/","/products/?q={}","/products/categories/?category_query={}","/products/categories/?category={}","/statements/{}/","/statements/?q={}","/log/?q={}","/hand-over/accept/?token={}","/pages/{}/","/media/{}/x.webp","/media/public/{}.webp","/?hl={}"]),
     ("operator@market.localhost","ops.market.localhost",["/merchants/?q={}","/merchants/?show={}","/orders/?merchant={}","/orders/?since={}","/statements/{}/","/statements/?merchant={}","/journal/?q={}","/log/?q={}","/log/?after={}"]),
     ("owner-a@market.localhost","market.localhost",["/search/?q={}","/search/?from={}","/search/?to={}","/search/?brand={}","/search/?shop={}","/search/?a1={}","/search/?a{}=1","/search/?page={}","/search/?sort={}","/c/{}/","/shops/?page={}","/orders/?show={}","/orders/?after={}","/orders/{}/","/pay/{}/","/hand-over/?host={}","/hand-over/?host=kiln.market.localhost&path={}&state="+"0"*64,"/hand-over/?host=kiln.market.localhost&path=/&state={}","/media/{}/a.webp","/media/public/{}.webp","/pages/{}/","/?hl={}","/?theme={}","/p/00000000-0000-0000-0000-000000000000/?variant={}","/email/confirm/{}/","/password/new/{}-x/","/password/new/1-{}/","/sign-in/?next={}","/checkout/?address={}"]),
    ]
    for email,host,paths in places:
        c=client(email)
        for p in paths:
            for bad in BAD:
                from django.db import transaction
                with transaction.atomic():
                    r=c.get(p.format(quote(bad, safe="")), headers={"host":host})
                    transaction.set_rollback(True)
                if r.status_code>=500:
                    out.append((host,p,repr(bad)[:20],r.status_code,getattr(r,"exc_info",(None,None))[1]))
    posts=[("owner-a@market.localhost","market.localhost",[("/cart/add/","variant"),("/cart/add/","quantity"),("/checkout/place/","key"),("/checkout/place/","address"),("/checkout/place/","total"),("/checkout/address/","recipient"),("/account/addresses/new/","phone"),("/account/addresses/new/","address_id"),("/sign-in/","login"),("/register/","email"),("/register/","password1"),("/password/forgotten/","email"),("/orders/x/receive/","x")]),
      ("owner-a@market.localhost","kiln.seller.market.localhost",[("/products/new/","category"),("/products/new/","product_id"),("/products/new/","category_query"),("/products/new/","sku_0"),("/products/new/","brand")]),
      ("operator@market.localhost","ops.market.localhost",[("/merchants/new/","slug"),("/merchants/new/","merchant_id"),("/settlement/run/","merchant")])]
    for email,host,ps in posts:
        c=client(email)
        for p,f in ps:
            for bad in BAD:
                from django.db import transaction
                with transaction.atomic():
                    r=c.post(p,{f:bad, "find_category":"1"} if f=="category_query" else {f:bad}, headers={"host":host})
                    transaction.set_rollback(True)
                if r.status_code>=500: out.append((host,p,f,repr(bad)[:20],r.status_code,getattr(r,"exc_info",(None,None))[1]))
    print("\n".join(map(str,out)))
    assert not out

def test_cookie():
    c = Client(raise_request_exception=False)
    r = c.get("/cart/", headers={"host":"market.localhost","cookie":'session="\\000abcdefghi"'})
    assert r.status_code==400
