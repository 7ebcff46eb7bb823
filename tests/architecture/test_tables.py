"""What a merchant would take along stays whole: no reference leaves its schema but to people, and its birth stays cheap."""

from __future__ import annotations

import ast
import gzip
import re

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import isolate_apps

from marketplace.config import app_lists
from tenants.accounts.models import User
from tenants.tenancy.birth import snapshot_folder
from tenants.tenancy.guard import MerchantModel
from tests.architecture.tree import parsed, product

# Tables in both kinds of schema that name a person. All but the last two are Wagtail's.
BOTH_TO_PEOPLE = {
    "wagtaildocs.Document.uploaded_by_user",
    "wagtailimages.Image.uploaded_by_user",
    "wagtailusers.UserProfile.user",
    "wagtailadmin.EditingSession.user",
    "wagtailadmin.FormState.user",
    "wagtailcore.APIToken.user",
    "wagtailcore.ModelLogEntry.user",
    "wagtailcore.Revision.user",
    "wagtailcore.UploadedFile.uploaded_by_user",
    "wagtailcore.WorkflowState.requested_by",
    "wagtailcore.TaskState.finished_by",
    "wagtailcore.Page.locked_by",
    "wagtailcore.Page.owner",
    "wagtailcore.PageLogEntry.user",
    "wagtailcore.Comment.user",
    "wagtailcore.Comment.resolved_by",
    "wagtailcore.CommentReply.user",
    "wagtailcore.PageSubscription.user",
    "access.UserGroup.user",
    "access.UserPermission.user",
}


def kind_of(model: type[models.Model]) -> str:
    """Where its table lies: public, merchant or both."""
    name = apps.get_app_config(model._meta.app_label).name
    if name in app_lists.IN_BOTH:
        return "both"
    return "merchant" if name in app_lists.MERCHANT else "public"


def name_of(field: models.Field) -> str:
    return f"{field.model._meta.label}.{field.name}"


def crossing(all_models: list[type[models.Model]]) -> list[tuple[str, str, str, models.Field]]:
    """(from, to, name, field) of every foreign key between tables that lie in different kinds of schema."""
    fields = [field for model in all_models for field in model._meta.local_fields if field.remote_field]
    found = [(kind_of(field.model), kind_of(field.related_model), name_of(field), field) for field in fields]
    return [edge for edge in found if edge[0] != edge[1]]


def complaints(all_models: list[type[models.Model]]) -> list[str]:
    wrong = []
    for here, there, name, field in crossing(all_models):
        if field.related_model is not User:
            wrong.append(f"{name}: a foreign key from a {here} table to a {there} one; name the row by its key")
        elif here == "both" and name not in BOTH_TO_PEOPLE:
            wrong.append(f"{name}: a table in both kinds of schema names a person, and is not on the list")
    return wrong


def everything() -> list[type[models.Model]]:
    return list(apps.get_models(include_auto_created=True))


def test_a_foreign_key_leaves_a_schema_only_to_people():
    assert complaints(everything()) == []
    assert {name for here, _there, name, _field in crossing(everything()) if here == "merchant"} == {
        "merchant_customers.Customer.buyer",
        "merchant_orders.Order.buyer",
    }


def test_the_list_of_tables_in_both_that_name_people_is_true():
    assert {name for here, _there, name, _field in crossing(everything()) if here == "both"} == BOTH_TO_PEOPLE


def planted(app_label: str, target: type[models.Model]) -> type[models.Model]:
    options = type("Meta", (), {"app_label": app_label})
    body = {"__module__": __name__, "Meta": options, "other": models.ForeignKey(target, models.CASCADE, related_name="+")}
    return type(f"Planted{app_label.title().replace('_', '')}", (models.Model,), body)


@pytest.mark.parametrize(
    ("app_label", "target", "complaint"),
    [
        ("merchant_orders", "platform_taxonomy.Category", "from a merchant table to a public one"),
        ("merchant_orders", "tenancy.Merchant", "from a merchant table to a public one"),
        ("merchant_orders", "auth.Group", "from a merchant table to a both one"),
        ("platform_checkout", "merchant_orders.Order", "from a public table to a merchant one"),
        ("platform_checkout", "wagtailcore.Page", "from a public table to a both one"),
        ("access", "accounts.User", "is not on the list"),
    ],
)
def test_a_foreign_key_that_leaves_its_schema_is_found(app_label, target, complaint):
    with isolate_apps():
        (found,) = complaints([planted(app_label, apps.get_model(target))])
    assert complaint in found


def test_merchant_tables_are_bound_to_their_schema():
    ours = [model for model in everything() if kind_of(model) == "merchant" and not model._meta.auto_created]
    assert len(ours) > 10
    assert [model._meta.label for model in ours if not issubclass(model, MerchantModel)] == []


# ── Birth ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def checks_of_columns(all_models: list[type[models.Model]]) -> list[str]:
    """Columns whose type brings a CHECK of its own, as PositiveIntegerField does: adding one takes two steps in a thousand schemas."""
    return [name_of(field) for model in all_models for field in model._meta.local_fields if field.db_check(connection)]


def test_no_column_of_a_merchants_table_brings_a_check_of_its_own():
    """What Wagtail's tables bring is its own; ours have named constraints instead."""
    in_merchants = [model for model in everything() if kind_of(model) != "public"]
    ours = [model for model in in_merchants if kind_of(model) == "merchant" or model.__module__.startswith(("cms.", "tenants."))]
    assert checks_of_columns(ours) == []
    assert "wagtailcore.Page.depth" in checks_of_columns(in_merchants)


def test_a_column_with_a_check_of_its_own_is_found():
    with isolate_apps():

        class Counted(MerchantModel):
            count = models.PositiveIntegerField()

            class Meta(MerchantModel.Meta):
                app_label = "merchant_orders"

    assert checks_of_columns([Counted]) == ["merchant_orders.Counted.count"]


def test_merchants_schemas_have_neither_triggers_nor_functions():
    def made(kind: str) -> list[str]:
        sql = gzip.decompress((snapshot_folder() / f"{kind}.sql.gz").read_bytes()).decode()
        return re.findall(r"^CREATE (?:CONSTRAINT )?(?:TRIGGER|FUNCTION) .*", sql, re.MULTILINE)

    assert made("merchant") == []
    assert len(made("public")) > 5  # the journal's and the log's: the search finds some where there are some


# ── Where tables are written down ────────────────────────────────────────────────────────────────────────────────────

ABSTRACT_BASES = {"tenants/tenancy/guard.py", "cms/pages.py"}
BASES = {"Model", "MerchantModel", "Page", "TwoLanguagePage", "Named", "TenantMixin", "DomainMixin", "AbstractBaseUser"}


def model_classes(files: dict[str, str]) -> list[str]:
    """Classes that look like a table, outside models.py."""
    found = []
    for path, text in files.items():
        if path.endswith("/models.py") or "/models/" in path or path in ABSTRACT_BASES:
            continue
        for node in ast.walk(parsed(text)):
            names = {ast.unparse(base).split(".")[-1] for base in node.bases} if isinstance(node, ast.ClassDef) else set()
            if names & BASES:
                found.append(f"{path}: {node.name}")
    return found


def test_tables_are_written_in_models_and_nowhere_else():
    assert model_classes(product()) == []
    assert {model.__module__.split(".")[-1] for model in everything() if kind_of(model) == "merchant" and not model._meta.auto_created} == {"models"}


def test_a_table_in_another_file_is_found():
    text = "class Gift(MerchantModel):\n    pass\n\nclass Form(forms.Form):\n    pass\n"
    assert model_classes({"marketplace/merchant/gifts/actions.py": text}) == ["marketplace/merchant/gifts/actions.py: Gift"]
    assert model_classes({"marketplace/merchant/gifts/models.py": text}) == []


def test_the_abstract_bases_outside_models_have_no_table():
    abstract = {model for path in ABSTRACT_BASES for model in everything() if model.__module__ == path.removesuffix(".py").replace("/", ".")}
    assert abstract == set()
