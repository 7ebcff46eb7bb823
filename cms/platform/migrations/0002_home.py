"""The first page: root of the default site, in place of Wagtail's welcome page."""

from django.db import migrations


def make_home(apps, schema_editor):
    if schema_editor.connection.schema_name != "public":
        return
    ContentType = apps.get_model("contenttypes", "ContentType")
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    Locale = apps.get_model("wagtailcore", "Locale")
    Home = apps.get_model("cms_platform", "MarketHome")

    Site.objects.all()._raw_delete(schema_editor.connection.alias)
    Page.objects.filter(depth=2)._raw_delete(schema_editor.connection.alias)  # asks no table of other page types
    kind, _made = ContentType.objects.get_or_create(app_label="cms_platform", model="markethome")
    locale = Locale.objects.order_by("id").first()
    home = Home.objects.create(
        title="万商", draft_title="万商", title_en="Market", slug="home", content_type=kind, locale=locale,
        path="00010001", depth=2, numchild=0, url_path="/home/", live=True,
    )
    Site.objects.create(hostname="localhost", root_page_id=home.pk, is_default_site=True)


def remove_home(apps, schema_editor):
    if schema_editor.connection.schema_name != "public":
        return
    apps.get_model("wagtailcore", "Site").objects.all().delete()
    apps.get_model("cms_platform", "MarketHome").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("cms_platform", "0001_initial"), ("cms_merchant", "0001_initial"), ("wagtailcore", "0098_apitoken")]

    operations = [migrations.RunPython(make_home, remove_home)]
