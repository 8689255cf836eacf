import uuid

import django.db.models.deletion
from django.db import migrations, models

import terreau.core.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
        ("territories", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LifeFunction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("label", models.CharField(max_length=60, unique=True)),
                ("position", models.PositiveSmallIntegerField(default=100)),
            ],
            options={
                "ordering": ("position", "label"),
            },
        ),
        migrations.CreateModel(
            name="Ecosystem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="nom")),
                ("sentence", models.CharField(max_length=280, verbose_name="en une phrase")),
                (
                    "agent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ecosystem",
                        to="people.agent",
                    ),
                ),
                (
                    "space",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ecosystem",
                        to="people.space",
                    ),
                ),
                (
                    "circle",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        blank=True, default="", max_length=160, verbose_name="territoire, en mots"
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("pre_emergence", "avant l'émergence"),
                            ("emergence", "émergence"),
                            ("experimentation", "expérimentation"),
                            ("deployment", "déploiement"),
                            ("pause", "en pause"),
                            ("handed_over", "transmise"),
                            ("ended", "terminée"),
                        ],
                        default="pre_emergence",
                        max_length=16,
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("invented", models.BooleanField(default=False)),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "functions",
                    models.ManyToManyField(
                        blank=True, related_name="ecosystems", to="ecosystems.lifefunction"
                    ),
                ),
                (
                    "territories",
                    models.ManyToManyField(
                        blank=True, related_name="ecosystems", to="territories.territory"
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="ecosystem_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pk", models.F("parent")), _negated=True),
                        name="ecosystem_not_in_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActorKind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("code", models.SlugField(blank=True, default="", max_length=20)),
                ("label", models.CharField(max_length=60)),
                ("position", models.PositiveSmallIntegerField(default=100)),
            ],
            options={
                "ordering": ("position", "label"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ecosystem", "label"), name="actor_kind_once_each"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ecosystem__isnull", True)),
                        fields=("label",),
                        name="shared_actor_kind_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Aim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("author", "moi seulement"),
                            ("pair", "nous deux"),
                            ("circle", "le cercle"),
                            ("ecosystem", "toute la coopération"),
                            ("programme", "la coopération et le programme"),
                            ("community", "toutes les coopérations"),
                            ("notice", "titre public, texte réservé à la coopération"),
                            ("public", "tout le monde"),
                        ],
                        default="circle",
                        max_length=10,
                        verbose_name="qui peut lire",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="aims",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=600, verbose_name="notre cap")),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=600,
                        verbose_name="pourquoi cette version",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "proposé"), ("adopted", "adopté")],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("adopted_on", models.DateField(blank=True, null=True)),
                ("adopted_how", models.CharField(blank=True, default="", max_length=160)),
                (
                    "adopted_by",
                    models.ManyToManyField(blank=True, related_name="+", to="people.agent"),
                ),
            ],
            options={
                "ordering": ("-number",),
                "constraints": [
                    models.UniqueConstraint(fields=("ecosystem", "number"), name="aim_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "adopted"), _negated=True),
                            ("adopted_on__isnull", False),
                            _connector="OR",
                        ),
                        name="adopted_aim_has_a_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Beneficiary",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("author", "moi seulement"),
                            ("pair", "nous deux"),
                            ("circle", "le cercle"),
                            ("ecosystem", "toute la coopération"),
                            ("programme", "la coopération et le programme"),
                            ("community", "toutes les coopérations"),
                            ("notice", "titre public, texte réservé à la coopération"),
                            ("public", "tout le monde"),
                        ],
                        default="circle",
                        max_length=10,
                        verbose_name="qui peut lire",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="beneficiaries",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("label", models.CharField(max_length=120, verbose_name="pour qui")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("user", "personnes concernées"),
                            ("third_party", "autres personnes"),
                            ("organisation", "organisation"),
                            ("living", "milieu vivant"),
                            ("territory", "territoire"),
                        ],
                        default="user",
                        max_length=12,
                    ),
                ),
            ],
            options={
                "ordering": ("kind", "label", "pk"),
            },
        ),
        migrations.CreateModel(
            name="CircleDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("author", "moi seulement"),
                            ("pair", "nous deux"),
                            ("circle", "le cercle"),
                            ("ecosystem", "toute la coopération"),
                            ("programme", "la coopération et le programme"),
                            ("community", "toutes les coopérations"),
                            ("notice", "titre public, texte réservé à la coopération"),
                            ("public", "tout le monde"),
                        ],
                        default="circle",
                        max_length=10,
                        verbose_name="qui peut lire",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("day", models.DateField(verbose_name="le")),
                ("text", models.CharField(max_length=600, verbose_name="ce que nous avons décidé")),
                ("opens_statements", models.BooleanField(default=False)),
                ("ended_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-day", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="EcosystemLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="ecosystems.ecosystem",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="linked_from",
                        to="ecosystems.ecosystem",
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        blank=True, default="", max_length=160, verbose_name="en quelques mots"
                    ),
                ),
                ("since", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("source", "target"), name="one_link_each_way"),
                    models.CheckConstraint(
                        condition=models.Q(("source", models.F("target")), _negated=True),
                        name="link_is_to_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Interim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interims",
                        to="ecosystems.ecosystem",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "seconded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("seconded_at", models.DateTimeField(blank=True, null=True)),
                ("opposed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "opposed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seconded_by__isnull", True),
                            models.Q(("seconded_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="interim_takes_two_organisations",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LogEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("author", "moi seulement"),
                            ("pair", "nous deux"),
                            ("circle", "le cercle"),
                            ("ecosystem", "toute la coopération"),
                            ("programme", "la coopération et le programme"),
                            ("community", "toutes les coopérations"),
                            ("notice", "titre public, texte réservé à la coopération"),
                            ("public", "tout le monde"),
                        ],
                        default="circle",
                        max_length=10,
                        verbose_name="qui peut lire",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("day", models.DateField(verbose_name="le")),
                ("text", models.TextField(max_length=1500, verbose_name="trois lignes")),
                (
                    "theme",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "sans thème"),
                            ("meeting", "rencontre"),
                            ("field", "sur le terrain"),
                            ("difficulty", "difficulté"),
                            ("learnt", "ce qu'on a appris"),
                            ("visit", "visite"),
                            ("money", "argent et moyens"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                (
                    "milestone",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "—"),
                            ("aim", "le cap a changé"),
                            ("solution", "la réponse a changé"),
                            ("role", "un rôle a changé"),
                            ("phase", "la phase a changé"),
                            ("agreement", "un engagement a été pris"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("guest_name", models.CharField(blank=True, default="", max_length=80)),
                (
                    "guest_link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="people.guestlink",
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=600,
                        verbose_name="ce que nous en avons fait",
                    ),
                ),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-day", "-pk"),
                "indexes": [
                    models.Index(
                        fields=["ecosystem", "-day", "-id"], name="ecosystems__ecosyst_531710_idx"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="entry_says_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Obstacle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("author", "moi seulement"),
                            ("pair", "nous deux"),
                            ("circle", "le cercle"),
                            ("ecosystem", "toute la coopération"),
                            ("programme", "la coopération et le programme"),
                            ("community", "toutes les coopérations"),
                            ("notice", "titre public, texte réservé à la coopération"),
                            ("public", "tout le monde"),
                        ],
                        default="circle",
                        max_length=10,
                        verbose_name="qui peut lire",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="obstacles",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("words", models.CharField(max_length=800, verbose_name="ce qui a coincé")),
                ("year", models.PositiveSmallIntegerField(verbose_name="année")),
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
                        default="other",
                        max_length=24,
                    ),
                ),
                (
                    "learnt",
                    models.CharField(
                        blank=True, default="", max_length=800, verbose_name="ce qu'on en a fait"
                    ),
                ),
            ],
            options={
                "ordering": ("-year", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 1980), ("year__lte", 2100)),
                        name="obstacle_year_is_plausible",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Performance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("author", "moi seulement"),
                            ("pair", "nous deux"),
                            ("circle", "le cercle"),
                            ("ecosystem", "toute la coopération"),
                            ("programme", "la coopération et le programme"),
                            ("community", "toutes les coopérations"),
                            ("notice", "titre public, texte réservé à la coopération"),
                            ("public", "tout le monde"),
                        ],
                        default="circle",
                        max_length=10,
                        verbose_name="qui peut lire",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="performances",
                        to="ecosystems.ecosystem",
                    ),
                ),
                (
                    "statement",
                    models.CharField(max_length=240, verbose_name="ce que ça doit permettre"),
                ),
                (
                    "for_whom",
                    models.CharField(blank=True, default="", max_length=160, verbose_name="à qui"),
                ),
                (
                    "conditions",
                    models.CharField(
                        blank=True, default="", max_length=400, verbose_name="à quelles conditions"
                    ),
                ),
                (
                    "observed_how",
                    models.CharField(
                        blank=True, default="", max_length=400, verbose_name="comment on le voit"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=100)),
            ],
            options={
                "ordering": ("position", "pk"),
            },
        ),
        migrations.CreateModel(
            name="PhaseChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phases",
                        to="ecosystems.ecosystem",
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("pre_emergence", "avant l'émergence"),
                            ("emergence", "émergence"),
                            ("experimentation", "expérimentation"),
                            ("deployment", "déploiement"),
                            ("pause", "en pause"),
                            ("handed_over", "transmise"),
                            ("ended", "terminée"),
                        ],
                        max_length=16,
                    ),
                ),
                ("since", models.DateField()),
                (
                    "words",
                    models.CharField(
                        blank=True, default="", max_length=500, verbose_name="en quelques mots"
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
            ],
            options={
                "ordering": ("-since", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Stake",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("author", "moi seulement"),
                            ("pair", "nous deux"),
                            ("circle", "le cercle"),
                            ("ecosystem", "toute la coopération"),
                            ("programme", "la coopération et le programme"),
                            ("community", "toutes les coopérations"),
                            ("notice", "titre public, texte réservé à la coopération"),
                            ("public", "tout le monde"),
                        ],
                        default="circle",
                        max_length=10,
                        verbose_name="qui peut lire",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stakes",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("label", models.CharField(max_length=200, verbose_name="ce qui se joue")),
                (
                    "description",
                    models.CharField(
                        blank=True, default="", max_length=1200, verbose_name="en quelques phrases"
                    ),
                ),
                (
                    "concerned",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="pour qui"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="qui l'a dit"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="TakingAway",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="takings",
                        to="ecosystems.ecosystem",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("what", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visits",
                        to="ecosystems.ecosystem",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("ecosystem", "person"), name="one_visit_each")
                ],
            },
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("author", "moi seulement"),
                            ("pair", "nous deux"),
                            ("circle", "le cercle"),
                            ("ecosystem", "toute la coopération"),
                            ("programme", "la coopération et le programme"),
                            ("community", "toutes les coopérations"),
                            ("notice", "titre public, texte réservé à la coopération"),
                            ("public", "tout le monde"),
                        ],
                        default="circle",
                        max_length=10,
                        verbose_name="qui peut lire",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="words",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("word", models.CharField(max_length=80, verbose_name="mot")),
                (
                    "meaning",
                    models.CharField(max_length=600, verbose_name="ce que nous voulons dire"),
                ),
                (
                    "field_term",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="le mot du métier"
                    ),
                ),
            ],
            options={
                "ordering": ("word", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("author", "moi seulement"),
                            ("pair", "nous deux"),
                            ("circle", "le cercle"),
                            ("ecosystem", "toute la coopération"),
                            ("programme", "la coopération et le programme"),
                            ("community", "toutes les coopérations"),
                            ("notice", "titre public, texte réservé à la coopération"),
                            ("public", "tout le monde"),
                        ],
                        default="circle",
                        max_length=10,
                        verbose_name="qui peut lire",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="presences",
                        to="ecosystems.ecosystem",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="presences",
                        to="people.agent",
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ecosystems.actorkind",
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("expected", "pressentie"),
                            ("contacted", "contactée"),
                            ("agreed", "d'accord pour apparaître"),
                        ],
                        default="expected",
                        max_length=10,
                    ),
                ),
                (
                    "agreed_on",
                    models.DateField(blank=True, null=True, verbose_name="d'accord depuis le"),
                ),
                (
                    "agreement_said_by",
                    models.CharField(
                        blank=True, default="", max_length=160, verbose_name="qui l'a dit"
                    ),
                ),
                (
                    "cares",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=400,
                        verbose_name="ce qui nous tient à cœur",
                    ),
                ),
                (
                    "can_do",
                    models.CharField(
                        blank=True, default="", max_length=400, verbose_name="ce qu'on sait faire"
                    ),
                ),
                (
                    "limits",
                    models.CharField(
                        blank=True, default="", max_length=400, verbose_name="nos contraintes"
                    ),
                ),
                (
                    "not_ask",
                    models.CharField(
                        blank=True, default="", max_length=400, verbose_name="ne pas nous demander"
                    ),
                ),
                (
                    "away_until",
                    models.DateField(blank=True, null=True, verbose_name="en retrait jusqu'au"),
                ),
                (
                    "shared_statement",
                    models.BooleanField(default=False, verbose_name="les autres voient mon relevé"),
                ),
            ],
            options={
                "ordering": ("agent__name", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ecosystem", "agent"), name="one_presence_each"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("standing", "agreed"), _negated=True),
                            ("agreed_on__isnull", False),
                            _connector="OR",
                        ),
                        name="agreement_to_appear_has_a_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AimDisagreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("author", "moi seulement"),
                            ("pair", "nous deux"),
                            ("circle", "le cercle"),
                            ("ecosystem", "toute la coopération"),
                            ("programme", "la coopération et le programme"),
                            ("community", "toutes les coopérations"),
                            ("notice", "titre public, texte réservé à la coopération"),
                            ("public", "tout le monde"),
                        ],
                        default="circle",
                        max_length=10,
                        verbose_name="qui peut lire",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "aim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="disagreements",
                        to="ecosystems.aim",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "text",
                    models.CharField(max_length=600, verbose_name="ce que nous voyons autrement"),
                ),
                ("settled_on", models.DateField(blank=True, null=True)),
                ("settled_how", models.CharField(blank=True, default="", max_length=400)),
            ],
            options={
                "ordering": ("settled_on", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="ecosystems.logentry",
                    ),
                ),
                ("file", models.FileField(upload_to="journal/%Y/%m/")),
                ("name", models.CharField(max_length=120)),
                ("mime", models.CharField(max_length=40)),
                ("size_bytes", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "description",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="ce qu'on y voit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Maillon",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("author", "moi seulement"),
                            ("pair", "nous deux"),
                            ("circle", "le cercle"),
                            ("ecosystem", "toute la coopération"),
                            ("programme", "la coopération et le programme"),
                            ("community", "toutes les coopérations"),
                            ("notice", "titre public, texte réservé à la coopération"),
                            ("public", "tout le monde"),
                        ],
                        default="circle",
                        max_length=10,
                        verbose_name="qui peut lire",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="maillons",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="maillon")),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("good", "bien"),
                            ("service", "service"),
                            ("place", "lieu"),
                            ("information", "information"),
                            ("rule", "règle"),
                            ("animation", "animation"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("exists", "existe"),
                            ("to_adapt", "à adapter"),
                            ("missing", "manque"),
                        ],
                        default="missing",
                        max_length=10,
                    ),
                ),
                (
                    "holds_without",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="si on l'enlève, est-ce que ça tient ?"
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True, default="", max_length=600, verbose_name="en quelques mots"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=100)),
                (
                    "performances",
                    models.ManyToManyField(
                        blank=True, related_name="maillons", to="ecosystems.performance"
                    ),
                ),
                (
                    "depends_on",
                    models.ManyToManyField(
                        blank=True, related_name="needed_by", to="ecosystems.maillon"
                    ),
                ),
            ],
            options={
                "ordering": ("position", "pk"),
            },
        ),
        migrations.CreateModel(
            name="NamingNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "presence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="ecosystems.presence",
                    ),
                ),
                ("sent_on", models.DateField()),
                ("effective_on", models.DateField()),
                ("answered_on", models.DateField(blank=True, null=True)),
                ("agreed", models.BooleanField(blank=True, null=True)),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("effective_on__gt", models.F("sent_on"))),
                        name="notice_leaves_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("agreed__isnull", True),
                            ("answered_on__isnull", False),
                            _connector="OR",
                        ),
                        name="answer_has_a_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Bearer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "maillon",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bearers",
                        to="ecosystems.maillon",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ("since", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("maillon", "agent"),
                        name="bears_it_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True),
                            ("until__gte", models.F("since")),
                            _connector="OR",
                        ),
                        name="bearer_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Effect",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("author", "moi seulement"),
                            ("pair", "nous deux"),
                            ("circle", "le cercle"),
                            ("ecosystem", "toute la coopération"),
                            ("programme", "la coopération et le programme"),
                            ("community", "toutes les coopérations"),
                            ("notice", "titre public, texte réservé à la coopération"),
                            ("public", "tout le monde"),
                        ],
                        default="circle",
                        max_length=10,
                        verbose_name="qui peut lire",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "ecosystem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="effects",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("statement", models.CharField(max_length=300, verbose_name="ce qui change")),
                (
                    "beneficiary",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="effects",
                        to="ecosystems.beneficiary",
                    ),
                ),
                (
                    "said_by",
                    models.CharField(
                        blank=True, default="", max_length=160, verbose_name="qui le dit"
                    ),
                ),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("useful", "ce que ça change de bien"),
                            ("externality", "ce que ça fait aux autres sans qu'on l'ait voulu"),
                            ("reduced_harm", "un tort qui diminue"),
                            ("destroyed", "ce que ça abîme"),
                        ],
                        default="useful",
                        max_length=12,
                    ),
                ),
                (
                    "timing",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "on ne sait pas encore"),
                            ("immediate", "tout de suite"),
                            ("later", "plus tard, et cela peut resservir"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "evidence",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "une intuition"),
                            (1, "un témoignage"),
                            (2, "plusieurs témoignages qui concordent"),
                            (3, "une observation ou un comptage documenté"),
                            (4, "vérifié par un tiers"),
                        ],
                        default=0,
                    ),
                ),
                (
                    "evidence_words",
                    models.CharField(
                        blank=True, default="", max_length=800, verbose_name="sur quoi on s'appuie"
                    ),
                ),
                (
                    "share_due",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "on ne sait pas"),
                            ("strong", "beaucoup"),
                            ("partial", "en partie"),
                            ("weak", "un peu"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "other_causes",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=400,
                        verbose_name="qu'est-ce qui d'autre a joué",
                    ),
                ),
                (
                    "seen_where",
                    models.CharField(
                        blank=True, default="", max_length=160, verbose_name="où on le voit"
                    ),
                ),
                ("since", models.DateField(blank=True, null=True, verbose_name="depuis quand")),
                (
                    "maillons",
                    models.ManyToManyField(
                        blank=True, related_name="effects", to="ecosystems.maillon"
                    ),
                ),
            ],
            options={
                "ordering": ("beneficiary", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("evidence__gte", 0), ("evidence__lte", 4)),
                        name="evidence_is_in_words",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EffectLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "effect",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="ecosystems.effect",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("contributes", "y contribue"),
                            ("benefits_unasked", "en bénéficie, rien ne lui a été demandé"),
                            ("named", "est nommé et peut répondre"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True, default="", max_length=800, verbose_name="sa réponse"
                    ),
                ),
                ("answered_on", models.DateField(blank=True, null=True)),
                ("voided_on", models.DateField(blank=True, null=True)),
                (
                    "answer_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("effect", "agent", "kind"), name="effect_link_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer", ""), ("answered_on__isnull", False), _connector="OR"
                        ),
                        name="effect_answer_has_a_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rewording",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "effect",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rewordings",
                        to="ecosystems.effect",
                    ),
                ),
                (
                    "maillon",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rewordings",
                        to="ecosystems.maillon",
                    ),
                ),
                (
                    "performance",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rewordings",
                        to="ecosystems.performance",
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("author", "moi seulement"),
                            ("pair", "nous deux"),
                            ("circle", "le cercle"),
                            ("ecosystem", "toute la coopération"),
                            ("programme", "la coopération et le programme"),
                            ("community", "toutes les coopérations"),
                            ("notice", "titre public, texte réservé à la coopération"),
                            ("public", "tout le monde"),
                        ],
                        max_length=10,
                        verbose_name="qui pouvait lire",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(default=terreau.core.clock.now, verbose_name="modifié le"),
                ),
                ("words", models.JSONField(default=list, verbose_name="ce qui était écrit")),
            ],
            options={
                "ordering": ("-at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("effect__isnull", False),
                                ("maillon__isnull", True),
                                ("performance__isnull", True),
                            ),
                            models.Q(
                                ("effect__isnull", True),
                                ("maillon__isnull", False),
                                ("performance__isnull", True),
                            ),
                            models.Q(
                                ("effect__isnull", True),
                                ("maillon__isnull", True),
                                ("performance__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="rewording_of_one_record",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VoidedAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rewording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="ecosystems.rewording",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True, default="", max_length=800, verbose_name="sa réponse"
                    ),
                ),
                ("answered_on", models.DateField()),
                (
                    "answer_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
            ],
            options={
                "ordering": ("answered_on", "pk"),
            },
        ),
    ]
