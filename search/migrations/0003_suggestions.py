"""What is proposed while somebody types, and what visitors asked for."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0002_packed'),
    ]

    operations = [
        migrations.CreateModel(
            name='AskedWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=40)),
                ('visitor', models.CharField(max_length=16)),
                ('day', models.DateField()),
            ],
            options={
                'indexes': [models.Index(fields=['day'], name='asked_by_day')],
                'constraints': [models.UniqueConstraint(fields=('text', 'visitor'), name='asked_once_by_a_visitor')],
            },
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('target', models.CharField(max_length=40)),
                ('language', models.CharField(blank=True, max_length=10)),
                ('place', models.SmallIntegerField(default=0)),
                ('text', models.CharField(blank=True, max_length=40)),
                ('word', models.CharField(blank=True, max_length=40)),
                ('norm', models.CharField(max_length=28)),
                ('pinyin', models.CharField(blank=True, max_length=40)),
                ('initials', models.CharField(blank=True, max_length=16)),
                ('weight', models.IntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'norm'], name='suggestion_by_norm', opclasses=['varchar_ops', 'varchar_pattern_ops']), models.Index(fields=['kind', 'pinyin'], name='suggestion_by_pinyin', opclasses=['varchar_ops', 'varchar_pattern_ops']), models.Index(fields=['kind', 'initials'], name='suggestion_by_initials', opclasses=['varchar_ops', 'varchar_pattern_ops']), models.Index(fields=['kind', '-weight'], name='suggestion_heaviest'), models.Index(condition=models.Q(('kind', 'product')), fields=['language', 'text'], name='suggestion_phrases')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'target', 'language', 'place'), name='suggestion_once')],
            },
        ),
    ]
