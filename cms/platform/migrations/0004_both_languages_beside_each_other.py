"""What stood in two streams, one a language, stands in one whose blocks hold both; so do the versions that editors may go back to."""

import json

from django.db import migrations

KINDS = ('markethome', 'marketpage')


def beside(chinese, english):
    """Blocks with both languages from a stream of each: those of one kind at one place belong together."""
    joined = []
    for n in range(max(len(chinese), len(english))):
        zh, en = (stream[n] if n < len(stream) else None for stream in (chinese, english))
        if zh and en and zh["type"] == en["type"]:
            joined.append(one(zh["type"], zh, en))
        else:
            joined += [one(half["type"], *(half if side == n_side else None for side in (0, 1))) for n_side, half in enumerate((zh, en)) if half]
    return joined


def one(kind, zh, en):
    first = zh or en
    if kind == "picture":
        captions = {"zh": zh["value"]["caption"] if zh else "", "en": en["value"]["caption"] if en else ""}
        value = {"image": first["value"]["image"], "caption": captions}
    else:
        value = {"text": {"zh": zh["value"] if zh else "", "en": en["value"] if en else ""}}
    return {"type": kind, "value": value, "id": first.get("id")}


def read(column):
    return json.loads(column) if isinstance(column, str) and column else column or []


def join(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for kind in KINDS:
            table = f"cms_platform_{kind}"
            cursor.execute(f"SELECT page_ptr_id, body, body_en FROM {table}")
            for key, zh, en in cursor.fetchall():
                cursor.execute(f"UPDATE {table} SET blocks = %s WHERE page_ptr_id = %s", [json.dumps(beside(read(zh), read(en))), key])
    content_types = apps.get_model("contenttypes", "ContentType").objects.filter(app_label="cms_platform", model__in=KINDS)
    for revision in apps.get_model("wagtailcore", "Revision").objects.filter(content_type__in=list(content_types)):
        content = revision.content
        if "body" in content:
            content["blocks"] = json.dumps(beside(read(content.pop("body")), read(content.pop("body_en", ""))))
            revision.save(update_fields=["content"])


class Migration(migrations.Migration):
    dependencies = [("cms_platform", "0003_blocks")]

    operations = [migrations.RunPython(join, migrations.RunPython.noop)]
