import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Territory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("commune", "commune"),
                            ("epci", "intercommunalité"),
                            ("district", "arrondissement"),
                            ("department", "département"),
                            ("region", "région"),
                            ("living_area", "bassin de vie"),
                            ("ad_hoc", "périmètre choisi"),
                        ],
                        max_length=12,
                    ),
                ),
                ("code", models.CharField(blank=True, default="", max_length=12)),
                ("name", models.CharField(max_length=160, verbose_name="nom")),
                ("search_key", models.CharField(db_index=True, editable=False, max_length=160)),
                ("vintage", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("inhabitants", models.PositiveIntegerField(blank=True, null=True)),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="territories.territory",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "code"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), _negated=True), ("ended_on__isnull", True)
                        ),
                        fields=("kind", "code"),
                        name="official_code_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "commune",
                                    "epci",
                                    "district",
                                    "department",
                                    "region",
                                    "living_area",
                                    "ad_hoc",
                                ],
                            )
                        ),
                        name="territory_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("successor__isnull", True),
                            ("ended_on__isnull", False),
                            _connector="OR",
                        ),
                        name="a_successor_follows_an_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Containment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "inner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="territories.territory",
                    ),
                ),
                (
                    "outer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="territories.territory",
                    ),
                ),
                ("vintage", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("inner", "outer"), name="containment_once"),
                    models.CheckConstraint(
                        condition=models.Q(("inner", models.F("outer")), _negated=True),
                        name="not_in_itself",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="Territory",
            name="containers",
            field=models.ManyToManyField(
                related_name="contents",
                through="territories.Containment",
                to="territories.territory",
            ),
        ),
    ]
