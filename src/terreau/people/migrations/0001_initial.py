import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import terreau.core.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("territories", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LegalForm",
            fields=[
                ("code", models.CharField(max_length=4, primary_key=True, serialize=False)),
                ("label", models.CharField(max_length=160)),
            ],
            options={
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Space",
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
                            ("ecosystem", "coopération"),
                            ("circle", "cercle"),
                            ("programme", "programme"),
                            ("pair", "binôme"),
                            ("parties", "entre parties"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=160)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="people.space",
                    ),
                ),
                (
                    "root",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inside",
                        to="people.space",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["ecosystem", "circle", "programme", "pair", "parties"])
                        ),
                        name="space_kind_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutsideRead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("space_id", models.BigIntegerField()),
                ("organisation", models.CharField(max_length=160)),
                ("what", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("space_id", "organisation", "what", "day"), name="one_row_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TokenUse",
            fields=[
                ("token_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("minute", models.BigIntegerField()),
                ("count", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Agent",
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
                            ("person", "personne"),
                            ("organisation", "organisation"),
                            ("collective", "collectif sans statut"),
                            ("ecosystem", "coopération"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=160, verbose_name="nom")),
                (
                    "legal_form",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="people.legalform",
                    ),
                ),
                (
                    "siren",
                    models.CharField(blank=True, default="", max_length=9, verbose_name="SIREN"),
                ),
                (
                    "siret",
                    models.CharField(blank=True, default="", max_length=14, verbose_name="SIRET"),
                ),
                (
                    "rna",
                    models.CharField(blank=True, default="", max_length=10, verbose_name="RNA"),
                ),
                ("site", models.URLField(blank=True, default="", verbose_name="site")),
                (
                    "territory",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="territories.territory",
                    ),
                ),
                (
                    "place",
                    models.CharField(blank=True, default="", max_length=120, verbose_name="lieu"),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="people.agent",
                    ),
                ),
                ("invented", models.BooleanField(default=False)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
            ],
            options={
                "ordering": ("name", "pk"),
                "indexes": [
                    models.Index(fields=["siren"], name="people_agen_siren_b15cc4_idx"),
                    models.Index(fields=["kind", "name"], name="people_agen_kind_bef7d6_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="agent_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["person", "organisation", "collective", "ecosystem"])
                        ),
                        name="agent_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SpaceLink",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publishes_to",
                        to="people.space",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reads_from",
                        to="people.space",
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("source", "target"),
                        name="one_open_link_each",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GuestLink",
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
                        related_name="guest_links",
                        to="people.space",
                    ),
                ),
                ("label", models.CharField(max_length=120, verbose_name="nom du lien")),
                (
                    "question",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="la question posée"
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
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
                        related_name="invitations",
                        to="people.space",
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                (
                    "role_kind",
                    models.CharField(
                        choices=[
                            ("pilot", "pilote"),
                            ("key_holder", "garde les clés"),
                            ("animator", "anime"),
                            ("core_member", "membre du premier cercle"),
                            ("partner", "partenaire du cercle élargi"),
                            ("initiator", "à l'initiative"),
                            ("officer", "mène la mission"),
                            ("elected", "suit au nom des élus"),
                            ("intermediary", "organisme d'intermédiation"),
                            ("researcher", "recherche et évaluation"),
                            ("coach", "accompagne"),
                            ("inhabitant", "habite ici"),
                            ("volunteer", "bénévole"),
                            ("landlord", "bailleur"),
                            ("employer", "employeur"),
                            ("host", "exploite un lieu"),
                            ("funder", "finance"),
                            ("mirror", "groupe miroir"),
                            ("programme_officer", "suit le programme"),
                            ("member", "membre"),
                            ("interim", "assure l'intérim"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates",
                        to="people.agent",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandated",
                        to="people.agent",
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="fonction"
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True),
                            ("until__gte", models.F("since")),
                            _connector="OR",
                        ),
                        name="mandate_ends_after_it_began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("organisation")), _negated=True),
                        name="mandate_is_for_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("person", "organisation"),
                        name="one_open_mandate_each",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roles",
                        to="people.agent",
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roles",
                        to="people.space",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pilot", "pilote"),
                            ("key_holder", "garde les clés"),
                            ("animator", "anime"),
                            ("core_member", "membre du premier cercle"),
                            ("partner", "partenaire du cercle élargi"),
                            ("initiator", "à l'initiative"),
                            ("officer", "mène la mission"),
                            ("elected", "suit au nom des élus"),
                            ("intermediary", "organisme d'intermédiation"),
                            ("researcher", "recherche et évaluation"),
                            ("coach", "accompagne"),
                            ("inhabitant", "habite ici"),
                            ("volunteer", "bénévole"),
                            ("landlord", "bailleur"),
                            ("employer", "employeur"),
                            ("host", "exploite un lieu"),
                            ("funder", "finance"),
                            ("mirror", "groupe miroir"),
                            ("programme_officer", "suit le programme"),
                            ("member", "membre"),
                            ("interim", "assure l'intérim"),
                        ],
                        max_length=20,
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mission_ended", "fin de mission"),
                            ("post_changed", "changement de poste"),
                            ("handed_over", "relais passé"),
                            ("pause", "pause"),
                            ("other_commitments", "autres engagements"),
                            ("structure_changed", "la structure a changé"),
                            ("not_said", "sans précision"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                (
                    "given_by",
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
                "ordering": ("since", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True),
                            ("until__gte", models.F("since")),
                            _connector="OR",
                        ),
                        name="role_ends_after_it_began",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("agent", "space", "kind"),
                        name="one_open_role_of_a_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        max_length=254, unique=True, verbose_name="adresse électronique"
                    ),
                ),
                (
                    "agent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="user",
                        to="people.agent",
                    ),
                ),
                ("is_staff", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "date_joined",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AccessToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="access_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("key", models.UUIDField(editable=False, unique=True)),
                ("name", models.CharField(max_length=80, verbose_name="nom du programme")),
                (
                    "scopes",
                    models.CharField(
                        choices=[
                            ("read", "lire ce que je lis"),
                            (
                                "contribute",
                                "noter des contributions, des besoins et des offres, sans rien lire",
                            ),
                            (
                                "read contribute",
                                "lire ce que je lis, et noter des contributions, des besoins et des offres",
                            ),
                        ],
                        max_length=16,
                        verbose_name="ce qu'il peut faire",
                    ),
                ),
                ("token_hash", models.CharField(max_length=64)),
                (
                    "created_at",
                    models.DateTimeField(default=terreau.core.clock.now, editable=False),
                ),
                ("expires_on", models.DateField(verbose_name="jusqu'au")),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-created_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="access_token_has_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("scopes__in", ["read", "contribute", "read contribute"])
                        ),
                        name="access_token_scopes_are_known",
                    ),
                ],
            },
        ),
    ]
