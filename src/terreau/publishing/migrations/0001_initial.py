import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ecosystems", "0001_initial"),
        ("people", "0001_initial"),
        ("territories", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Sheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("tenue", "tenue par la coopération"),
                            ("lue", "lue dans un document public"),
                            ("inventée", "inventée pour la démonstration"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "ecosystem",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sheet",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("title", models.CharField(max_length=160)),
                ("aim", models.CharField(max_length=600)),
                ("heading", models.CharField(blank=True, default="", max_length=200)),
                ("source", models.CharField(blank=True, default="", max_length=300)),
                ("site", models.URLField(blank=True, default="")),
                (
                    "licence",
                    models.CharField(
                        choices=[
                            ("LO-2.0", "Licence Ouverte 2.0"),
                            ("CC-BY-4.0", "CC BY 4.0"),
                            ("CC-BY-SA-4.0", "CC BY-SA 4.0"),
                        ],
                        default="CC-BY-SA-4.0",
                        max_length=16,
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="territories.territory",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="territories.territory",
                    ),
                ),
                ("place", models.CharField(blank=True, default="", max_length=200)),
                (
                    "legal_family",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "non précisée"),
                            ("association", "association"),
                            ("cooperative", "coopérative (Scic, Scop…)"),
                            ("entreprise", "entreprise"),
                            ("commune", "commune"),
                            ("intercommunalite", "intercommunalité"),
                            ("organisme-public", "syndicat mixte ou établissement public"),
                            ("independant", "travail indépendant"),
                            ("autre", "autre forme"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("legal_form", models.CharField(blank=True, default="", max_length=160)),
                (
                    "phase",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pre_emergence", "avant l'émergence"),
                            ("emergence", "émergence"),
                            ("experimentation", "expérimentation"),
                            ("deployment", "déploiement"),
                            ("pause", "en pause"),
                            ("handed_over", "transmise"),
                            ("ended", "terminée"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                ("contact_open", models.BooleanField(default=False)),
                ("fingerprint", models.CharField(blank=True, default="", max_length=64)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("refreshed_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("withdrawn_why", models.CharField(blank=True, default="", max_length=300)),
                ("content", models.JSONField(default=dict)),
                (
                    "functions",
                    models.ManyToManyField(
                        blank=True, related_name="sheets", to="ecosystems.lifefunction"
                    ),
                ),
            ],
            options={
                "ordering": ("title", "pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("published_at__isnull", False), ("withdrawn_at__isnull", True)
                        ),
                        fields=["title", "id"],
                        name="published_by_title",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["tenue", "lue", "inventée"])),
                        name="origin_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at__isnull", True), ("content", {}), _connector="OR"
                        ),
                        name="a_withdrawn_sheet_holds_nothing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("contact_open", False), ("origin", "lue")),
                            models.Q(("origin", "lue"), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_answers_for_a_sheet_only_read",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="corrections",
                        to="publishing.sheet",
                    ),
                ),
                ("day", models.DateField()),
                ("source", models.CharField(max_length=300)),
                ("found", models.CharField(max_length=400)),
                ("written", models.CharField(max_length=400)),
                ("why", models.CharField(blank=True, default="", max_length=400)),
            ],
            options={
                "ordering": ("-day", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("source", "found"), name="correction_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SheetMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="publishing.sheet",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("write", "écrire à la coopération"),
                            ("take_over", "c'est nous : reprendre la fiche"),
                            ("remove", "c'est nous : faire retirer la fiche"),
                            ("correct", "signaler une erreur"),
                        ],
                        default="write",
                        max_length=12,
                    ),
                ),
                ("sender", models.CharField(max_length=120)),
                ("answer_to", models.CharField(max_length=200)),
                ("text", models.TextField(max_length=3000)),
                ("key", models.UUIDField(unique=True)),
                ("sender_mark", models.CharField(db_index=True, max_length=64)),
                ("created_at", models.DateTimeField(db_index=True)),
                ("handled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "handled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("granted", "Laisser l'organisation reprendre la fiche"),
                            ("removed", "Retirer la fiche"),
                            ("corrected", "C'est corrigé"),
                            ("declined", "Ne pas donner suite"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("outcome_words", models.CharField(blank=True, default="", max_length=300)),
                (
                    "token_hash",
                    models.CharField(blank=True, db_index=True, default="", max_length=64),
                ),
                ("open_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-created_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="SheetObstacle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="obstacles",
                        to="publishing.sheet",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("knowing_each_other", "le temps de se connaître"),
                            ("too_little_time", "pas assez de temps, ou pas le même"),
                            ("turnover", "départs et changements de personnes"),
                            ("jargon", "des mots qui divisent"),
                            ("no_plan_no_indicators", "avancer sans plan ni indicateurs"),
                            ("silos_procurement", "cloisons et règles d'achat"),
                            ("no_common_vision", "pas encore de vision ou de méthode commune"),
                            ("economic_model", "un modèle économique à trouver"),
                            ("new_posture", "une posture inhabituelle"),
                            ("conventions_hard", "des conventions difficiles à saisir"),
                            ("worn_out_volunteers", "des bénévoles fatigués"),
                            ("phases_slip", "des étapes qui glissent"),
                            ("cost_for_households", "un coût trop lourd pour les ménages"),
                            ("seasonality_mobility", "saisons et déplacements"),
                            ("other", "autre"),
                        ],
                        max_length=24,
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("words", models.CharField(max_length=800)),
                ("learnt", models.CharField(blank=True, default="", max_length=800)),
            ],
            options={
                "ordering": ("-year", "pk"),
                "indexes": [
                    models.Index(fields=["code", "year"], name="publishing__code_77db76_idx")
                ],
            },
        ),
        migrations.CreateModel(
            name="SheetTerm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="publishing.sheet",
                    ),
                ),
                ("term", models.CharField(max_length=40)),
                ("weight", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("term", "sheet"), name="term_once_a_sheet")
                ],
            },
        ),
        migrations.CreateModel(
            name="SheetVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="publishing.sheet",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("day", models.DateField(blank=True, null=True)),
                ("aim", models.CharField(max_length=600)),
                ("story", models.TextField(blank=True, default="")),
                ("change", models.CharField(blank=True, default="", max_length=800)),
                ("source", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "ordering": ("-year", "-day", "-pk"),
            },
        ),
    ]
