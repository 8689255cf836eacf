import uuid

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import terreau.agreements.models.sharing
import terreau.core.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ecosystems", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agreement",
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
                        related_name="agreements",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("name", models.CharField(max_length=160, verbose_name="nom")),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("ended_words", models.CharField(blank=True, default="", max_length=400)),
            ],
            options={
                "ordering": ("name", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="agreement_has_a_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Landmark",
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
                        related_name="landmarks",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("label", models.CharField(max_length=160, verbose_name="ce qu'on compte")),
                ("value", models.BigIntegerField()),
                ("unit_words", models.CharField(max_length=60, verbose_name="unité")),
                ("since", models.DateField(verbose_name="du")),
                ("until", models.DateField(verbose_name="au")),
                ("source", models.CharField(max_length=200, verbose_name="qui l'a compté, et où")),
            ],
            options={
                "ordering": ("label", "-until", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))),
                        name="landmark_ends_after_it_began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True),
                        name="landmark_has_a_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SharingRule",
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
                        related_name="sharing_rules",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("words", models.TextField(max_length=1200, verbose_name="notre règle, en mots")),
                (
                    "content",
                    models.JSONField(
                        default=terreau.agreements.models.sharing.no_rule, verbose_name="les parts"
                    ),
                ),
                ("adopted_on", models.DateField(blank=True, null=True, verbose_name="adoptée le")),
                (
                    "adopted_by",
                    models.CharField(
                        blank=True, default="", max_length=160, verbose_name="adoptée par"
                    ),
                ),
                (
                    "document",
                    models.CharField(blank=True, default="", max_length=160, verbose_name="pièce"),
                ),
            ],
            options={
                "ordering": ("-number",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ecosystem", "number"), name="sharing_rule_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("adopted_on__isnull", True),
                            models.Q(
                                models.Q(("adopted_by", ""), _negated=True),
                                models.Q(("document", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="adopted_sharing_rule_says_by_whom",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tally",
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
                        related_name="+",
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
                (
                    "side",
                    models.CharField(
                        choices=[("given", "apporté"), ("received", "reçu"), ("all", "tout")],
                        max_length=8,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("money", "argent"),
                            ("time", "temps"),
                            ("place", "lieu"),
                            ("equipment", "matériel"),
                            ("good", "bien"),
                            ("knowledge", "savoir"),
                            ("animation", "animation"),
                            ("introduction", "mise en relation"),
                            ("legitimacy", "légitimité"),
                            ("risk", "risque"),
                        ],
                        max_length=12,
                    ),
                ),
                ("unit", models.CharField(max_length=12)),
                ("month", models.DateField()),
                (
                    "read_by",
                    models.CharField(
                        choices=[
                            ("sides", "qui a donné et qui a reçu"),
                            ("circle", "le premier cercle"),
                            ("all", "toute la coopération"),
                        ],
                        max_length=8,
                    ),
                ),
                ("given", models.BigIntegerField(default=0)),
                ("fulfilled", models.BigIntegerField(default=0)),
                ("confirmed", models.BigIntegerField(default=0)),
                ("discussed", models.BigIntegerField(default=0)),
                ("refunded", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ecosystem", "agent", "side", "kind", "unit", "month", "read_by"),
                        name="one_tally_each",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Valuation",
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
                        related_name="valuations",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("method", models.CharField(max_length=600, verbose_name="la méthode, en mots")),
                ("since", models.DateField(verbose_name="du")),
                ("until", models.DateField(verbose_name="au")),
                (
                    "adopted_on",
                    models.DateField(default=terreau.core.clock.today, verbose_name="adoptée le"),
                ),
                ("adopted_by", models.CharField(max_length=160, verbose_name="adoptée par")),
                ("document", models.CharField(max_length=160, verbose_name="pièce")),
                (
                    "withdrawn_on",
                    models.DateField(blank=True, null=True, verbose_name="retirée le"),
                ),
            ],
            options={
                "ordering": ("-since", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))),
                        name="valuation_ends_after_it_began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("method", ""), _negated=True),
                            models.Q(("adopted_by", ""), _negated=True),
                            models.Q(("document", ""), _negated=True),
                        ),
                        name="valuation_says_how_and_by_whom",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="agreements.agreement",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "en cours d'écriture"),
                            ("proposed", "proposée aux parties"),
                            ("accepted", "acceptée"),
                            ("superseded", "remplacée"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                (
                    "preamble",
                    models.TextField(
                        blank=True, default="", max_length=3000, verbose_name="ce qui nous réunit"
                    ),
                ),
                (
                    "duration",
                    models.CharField(
                        blank=True, default="", max_length=300, verbose_name="pour combien de temps"
                    ),
                ),
                (
                    "changes",
                    models.CharField(
                        blank=True, default="", max_length=600, verbose_name="ce qui change"
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("proposed_on", models.DateField(blank=True, null=True)),
                ("accepted_on", models.DateField(blank=True, null=True)),
                ("superseded_on", models.DateField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
            ],
            options={
                "ordering": ("-number",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agreement", "number"), name="agreement_number_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "accepted")),
                        fields=("agreement",),
                        name="one_accepted_version",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "proposed"))),
                        fields=("agreement",),
                        name="one_open_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "accepted"), _negated=True),
                            ("accepted_on__isnull", False),
                            _connector="OR",
                        ),
                        name="accepted_version_has_a_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Sharing",
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
                        related_name="sharings",
                        to="ecosystems.ecosystem",
                    ),
                ),
                ("title", models.CharField(max_length=160, verbose_name="ce qu'on partage")),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sharings",
                        to="agreements.sharingrule",
                        verbose_name="selon",
                    ),
                ),
                ("event_id", models.BigIntegerField()),
                ("quantity", models.BigIntegerField(verbose_name="quantité")),
                ("unit", models.CharField(default="eur", max_length=16, verbose_name="unité")),
                ("stock_id", models.BigIntegerField(blank=True, null=True)),
                ("moved_id", models.BigIntegerField(blank=True, null=True)),
                ("since", models.DateField(blank=True, null=True, verbose_name="du")),
                ("until", models.DateField(blank=True, null=True, verbose_name="au")),
                (
                    "first_out",
                    models.BooleanField(
                        default=False, verbose_name="le premier entré sort le premier"
                    ),
                ),
                ("last_event", models.BigIntegerField()),
                (
                    "known_at",
                    models.DateTimeField(default=terreau.core.clock.now, verbose_name="compté le"),
                ),
                ("inputs", models.JSONField(default=dict)),
                ("digest", models.CharField(max_length=64, verbose_name="empreinte")),
            ],
            options={
                "ordering": ("-pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="sharing_is_of_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stock_id__isnull", True), ("moved_id__isnull", True), _connector="OR"
                        ),
                        name="sharing_follows_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("since__isnull", True),
                            ("until__isnull", True),
                            ("until__gte", models.F("since")),
                            _connector="OR",
                        ),
                        name="sharing_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ValuationPrice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "valuation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prices",
                        to="agreements.valuation",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("money", "argent"),
                            ("time", "temps"),
                            ("place", "lieu"),
                            ("equipment", "matériel"),
                            ("good", "bien"),
                            ("knowledge", "savoir"),
                            ("animation", "animation"),
                            ("introduction", "mise en relation"),
                            ("legitimacy", "légitimité"),
                            ("risk", "risque"),
                        ],
                        max_length=12,
                        verbose_name="quoi",
                    ),
                ),
                ("unit", models.CharField(max_length=12, verbose_name="unité")),
                ("price", models.BigIntegerField(verbose_name="euros pour une unité")),
                ("source", models.CharField(max_length=300, verbose_name="d'où vient ce prix")),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("price__gt", 0)), name="valuation_price_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True),
                        name="valuation_price_has_a_source",
                    ),
                    models.UniqueConstraint(
                        fields=("valuation", "kind", "unit"), name="one_price_for_a_unit"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Commitment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="commitments",
                        to="agreements.agreementversion",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("words", models.CharField(max_length=400, verbose_name="ce qui est promis")),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("means", "des moyens"),
                            ("result", "un résultat"),
                            ("attention", "une attention"),
                        ],
                        default="means",
                        max_length=10,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("money", "argent"),
                            ("time", "temps"),
                            ("place", "lieu"),
                            ("equipment", "matériel"),
                            ("good", "bien"),
                            ("knowledge", "savoir"),
                            ("animation", "animation"),
                            ("introduction", "mise en relation"),
                            ("legitimacy", "légitimité"),
                            ("risk", "risque"),
                        ],
                        max_length=12,
                    ),
                ),
                ("quantity", models.BigIntegerField(blank=True, null=True)),
                ("unit", models.CharField(blank=True, default="", max_length=12)),
                (
                    "period",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "en tout"),
                            ("week", "par semaine"),
                            ("month", "par mois"),
                            ("quarter", "par trimestre"),
                            ("year", "par an"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("since", models.DateField(blank=True, null=True, verbose_name="compté depuis le")),
                (
                    "review_on",
                    models.DateField(blank=True, null=True, verbose_name="à revoir ensemble le"),
                ),
                ("free", models.BooleanField(default=False, verbose_name="sans contrepartie")),
                (
                    "volunteers",
                    models.BooleanField(default=False, verbose_name="tenu par des bénévoles"),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="continued_by",
                        to="agreements.commitment",
                    ),
                ),
                ("declined_on", models.DateField(blank=True, null=True)),
                ("declined_words", models.CharField(blank=True, default="", max_length=600)),
                ("closed_on", models.DateField(blank=True, null=True)),
                (
                    "kept",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "sans précision"),
                            ("yes", "tenu"),
                            ("partly", "tenu en partie"),
                            ("no", "pas tenu"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("closed_words", models.CharField(blank=True, default="", max_length=600)),
                ("edited", models.PositiveIntegerField(default=1)),
                (
                    "in_return_of",
                    models.ManyToManyField(
                        blank=True, related_name="answered_by", to="agreements.commitment"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "indexes": [
                    models.Index(fields=["provider"], name="agreements__provide_55ee94_idx"),
                    models.Index(fields=["review_on"], name="agreements__review__4e63cf_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True),
                        name="commitment_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("receiver__isnull", True),
                            models.Q(("provider", models.F("receiver")), _negated=True),
                            _connector="OR",
                        ),
                        name="commitment_is_to_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quantity__isnull", True), ("unit", "")),
                            models.Q(("quantity__gt", 0), models.Q(("unit", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="commitment_quantity_has_a_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(
                                    (
                                        "unit__in",
                                        ["night", "item", "person", "time", "place", "meal"],
                                    ),
                                    _negated=True,
                                ),
                                (
                                    "quantity",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("quantity"), "/", models.Value(1000000)
                                        ),
                                        "*",
                                        models.Value(1000000),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            models.Q(
                                models.Q(("unit__in", ["eur"]), _negated=True),
                                (
                                    "quantity",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("quantity"), "/", models.Value(10000)
                                        ),
                                        "*",
                                        models.Value(10000),
                                    ),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="commitment_quantity_no_finer_than_its_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("volunteers", False),
                            models.Q(("nature", "result"), _negated=True),
                            _connector="OR",
                        ),
                        name="volunteers_promise_no_result",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parties",
                        to="agreements.agreementversion",
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
                    "representative",
                    models.CharField(
                        blank=True, default="", max_length=160, verbose_name="représentée par"
                    ),
                ),
                ("agreed_on", models.DateField(blank=True, null=True)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "validated_by",
                    models.CharField(
                        blank=True, default="", max_length=160, verbose_name="validé par"
                    ),
                ),
                ("validated_on", models.DateField(blank=True, null=True, verbose_name="le")),
                (
                    "document",
                    models.CharField(blank=True, default="", max_length=160, verbose_name="pièce"),
                ),
                ("declined_on", models.DateField(blank=True, null=True)),
                (
                    "declined_words",
                    models.CharField(blank=True, default="", max_length=600, verbose_name="un mot"),
                ),
            ],
            options={
                "ordering": ("agent__name", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "agent"), name="party_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("validated_on__isnull", True),
                            models.Q(("agreed_on__isnull", False), ("declined_on__isnull", True)),
                            _connector="OR",
                        ),
                        name="validated_after_the_team_agreed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("validated_on__isnull", True),
                            models.Q(("validated_by", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="validation_says_by_whom",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ledger_id", models.BigIntegerField(unique=True)),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="agreements.commitment",
                    ),
                ),
                ("begins_on", models.DateField()),
                ("withdrawn_on", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviews",
                        to="agreements.commitment",
                    ),
                ),
                ("key", models.UUIDField(editable=False, unique=True)),
                ("day", models.DateField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("keep", "on garde"),
                            ("adjust", "on ajuste"),
                            ("close", "on s'arrête là"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "kept",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "sans précision"),
                            ("yes", "tenu"),
                            ("partly", "tenu en partie"),
                            ("no", "pas tenu"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("words", models.CharField(blank=True, default="", max_length=600)),
                ("next_on", models.DateField(blank=True, null=True)),
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
                "ordering": ("-day", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Contribution",
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
                        related_name="contributions",
                        to="ecosystems.ecosystem",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("money", "argent"),
                            ("time", "temps"),
                            ("place", "lieu"),
                            ("equipment", "matériel"),
                            ("good", "bien"),
                            ("knowledge", "savoir"),
                            ("animation", "animation"),
                            ("introduction", "mise en relation"),
                            ("legitimacy", "légitimité"),
                            ("risk", "risque"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("quantity", models.BigIntegerField()),
                ("unit", models.CharField(max_length=12)),
                ("happened_on", models.DateField(verbose_name="le")),
                (
                    "posting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contributions",
                        to="agreements.posting",
                    ),
                ),
                (
                    "word",
                    models.CharField(blank=True, default="", max_length=400, verbose_name="un mot"),
                ),
                (
                    "refund",
                    models.BooleanField(default=False, verbose_name="remboursement de frais"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("awaiting", "en attente d'un « D'accord »"),
                            ("confirmed", "d'accord"),
                            ("correcting", "d'accord, une rectification attend"),
                            ("discussed", "en vérification"),
                            ("undone", "annulé"),
                        ],
                        default="awaiting",
                        max_length=10,
                    ),
                ),
                ("confirmed_on", models.DateField(blank=True, null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("undone_on", models.DateField(blank=True, null=True)),
                ("event_id", models.BigIntegerField(unique=True)),
            ],
            options={
                "ordering": ("-happened_on", "-pk"),
                "indexes": [
                    models.Index(
                        fields=["ecosystem", "-happened_on", "-id"], name="contribution_by_day"
                    ),
                    models.Index(
                        fields=["author", "-happened_on", "-id"], name="contribution_by_giver"
                    ),
                    models.Index(
                        fields=["receiver", "state", "ecosystem", "recorded_by"],
                        name="contribution_by_receiver",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="contribution_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(
                                    (
                                        "unit__in",
                                        ["night", "item", "person", "time", "place", "meal"],
                                    ),
                                    _negated=True,
                                ),
                                (
                                    "quantity",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("quantity"), "/", models.Value(1000000)
                                        ),
                                        "*",
                                        models.Value(1000000),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            models.Q(
                                models.Q(("unit__in", ["eur"]), _negated=True),
                                (
                                    "quantity",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("quantity"), "/", models.Value(10000)
                                        ),
                                        "*",
                                        models.Value(10000),
                                    ),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="contribution_quantity_no_finer_than_its_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("author", models.F("receiver")), _negated=True),
                        name="contribution_is_to_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContributionChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "contribution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes_made",
                        to="agreements.contribution",
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("undone", "annulé"),
                            ("rectified", "rectifié"),
                            ("asked", "rectification demandée"),
                            ("kept", "rectification retirée"),
                            ("accepted", "rectification acceptée"),
                            ("agreed", "convenu après en avoir parlé"),
                        ],
                        max_length=10,
                    ),
                ),
                ("quantity_before", models.BigIntegerField()),
                ("quantity_after", models.BigIntegerField()),
                ("unit_before", models.CharField(max_length=12)),
                ("unit_after", models.CharField(max_length=12)),
                ("day_before", models.DateField()),
                ("day_after", models.DateField()),
                ("key", models.UUIDField(editable=False, unique=True)),
                ("day", models.DateField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Discussion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "contribution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="discussions",
                        to="agreements.contribution",
                    ),
                ),
                (
                    "space",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("opened_on", models.DateField()),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "third",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("proposed_quantity", models.BigIntegerField(blank=True, null=True)),
                ("proposed_lesson", models.CharField(blank=True, default="", max_length=600)),
                (
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("proposed_side", models.CharField(blank=True, default="", max_length=8)),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("agreed_quantity", models.BigIntegerField(blank=True, null=True)),
                (
                    "lesson",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=600,
                        verbose_name="ce que nous en retenons",
                    ),
                ),
            ],
            options={
                "ordering": ("-opened_on", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=("contribution",),
                        name="one_open_discussion",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_on__isnull", True),
                            ("agreed_quantity__gte", 0),
                            _connector="OR",
                        ),
                        name="discussion_ends_with_a_quantity",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DiscussionNote",
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
                    "discussion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="agreements.discussion",
                    ),
                ),
                ("text", models.CharField(max_length=1500, verbose_name="votre mot")),
                ("day", models.DateField()),
            ],
            options={
                "ordering": ("day", "pk"),
            },
        ),
    ]
