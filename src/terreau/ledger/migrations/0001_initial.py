import uuid

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
from django.db import migrations, models

import terreau.core.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Specification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("code", models.CharField(max_length=60)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ledger", "code"), name="one_specification_a_code"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True),
                        name="specification_has_a_code",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchLotRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("code", models.CharField(max_length=60)),
                ("expires_on", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("ledger", "code"), name="one_batch_a_code"),
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True), name="batch_has_a_code"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="nom")),
                ("note", models.CharField(blank=True, max_length=600, verbose_name="précisions")),
                ("due", models.DateField(null=True)),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["ledger", "id"], name="ledger_plan_order")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="plan_has_a_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProcessSpecification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("code", models.CharField(max_length=60)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ledger", "code"), name="one_process_kind_a_code"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True),
                        name="process_kind_has_a_code",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="nom")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="adresse")),
                ("latitude", models.BigIntegerField(null=True)),
                ("longitude", models.BigIntegerField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["ledger", "name"], name="ledger_place_name")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "latitude",
                                django.db.models.functions.comparison.Cast(
                                    models.F("latitude"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="place_latitude_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "longitude",
                                django.db.models.functions.comparison.Cast(
                                    models.F("longitude"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="place_longitude_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="place_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(
                                ("latitude__range", (-90000000, 90000000)),
                                ("longitude__range", (-180000000, 180000000)),
                            ),
                            _connector="OR",
                        ),
                        name="place_is_on_earth",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("kind", models.CharField(max_length=20)),
                ("fact", models.BigIntegerField()),
                ("digest", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "number",
                                django.db.models.functions.comparison.Cast(
                                    models.F("number"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="seal_number_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "fact",
                                django.db.models.functions.comparison.Cast(
                                    models.F("fact"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="seal_fact_is_whole",
                    ),
                    models.UniqueConstraint(fields=("ledger", "number"), name="one_seal_a_number"),
                    models.UniqueConstraint(fields=("kind", "fact"), name="one_seal_a_fact"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gt", 0)), name="seal_numbers_begin_at_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                {
                                    "batchlotrecord": (
                                        "id",
                                        "ledger_id",
                                        "key",
                                        "code",
                                        "expires_on",
                                    ),
                                    "claim": (
                                        "id",
                                        "ledger_id",
                                        "key",
                                        "action",
                                        "provider_id",
                                        "receiver_id",
                                        "specification_id",
                                        "measure",
                                        "claimed",
                                        "unit",
                                        "triggered_by_id",
                                        "due",
                                        "recorded_by_id",
                                        "mandate_id",
                                        "recorded_at",
                                    ),
                                    "claimend": (
                                        "claim_id",
                                        "key",
                                        "kind",
                                        "successor_id",
                                        "recorded_by_id",
                                        "recorded_at",
                                    ),
                                    "commitment": (
                                        "id",
                                        "ledger_id",
                                        "key",
                                        "action",
                                        "provider_id",
                                        "receiver_id",
                                        "specification_id",
                                        "measure",
                                        "promised",
                                        "unit",
                                        "due",
                                        "input_of_id",
                                        "output_of_id",
                                        "planned_within_id",
                                        "independent_demand_of_id",
                                        "stage_id",
                                        "in_state",
                                        "recorded_by_id",
                                        "recorded_at",
                                    ),
                                    "commitmentend": (
                                        "commitment_id",
                                        "key",
                                        "kind",
                                        "successor_id",
                                        "recorded_by_id",
                                        "recorded_at",
                                    ),
                                    "event": (
                                        "id",
                                        "ledger_id",
                                        "key",
                                        "action",
                                        "provider_id",
                                        "receiver_id",
                                        "specification_id",
                                        "quantity",
                                        "unit",
                                        "effort",
                                        "effort_unit",
                                        "resource_id",
                                        "to_resource_id",
                                        "corrects_id",
                                        "happened_on",
                                        "recorded_at",
                                        "recorded_by_id",
                                        "on_behalf_of_id",
                                        "mandate_id",
                                        "input_of_id",
                                        "output_of_id",
                                        "to_location_id",
                                        "state",
                                        "rights",
                                    ),
                                    "intent": (
                                        "id",
                                        "ledger_id",
                                        "key",
                                        "action",
                                        "provider_id",
                                        "receiver_id",
                                        "specification_id",
                                        "measure",
                                        "quantity",
                                        "available",
                                        "minimum",
                                        "unit",
                                        "resource_id",
                                        "input_of_id",
                                        "output_of_id",
                                        "planned_within_id",
                                        "stage_id",
                                        "state",
                                        "place_id",
                                        "reach",
                                        "begins_on",
                                        "ends_on",
                                        "due",
                                        "recorded_by_id",
                                        "created_at",
                                    ),
                                    "place": ("id", "ledger_id", "key"),
                                    "plan": ("id", "ledger_id", "key", "opened_by_id", "opened_at"),
                                    "process": (
                                        "id",
                                        "ledger_id",
                                        "key",
                                        "specification_id",
                                        "planned_within_id",
                                        "opened_by_id",
                                        "opened_at",
                                    ),
                                    "processspecification": ("id", "ledger_id", "code"),
                                    "resource": (
                                        "id",
                                        "ledger_id",
                                        "key",
                                        "specification_id",
                                        "unit",
                                        "floor",
                                        "tracking_identifier",
                                        "of_batch_lot_id",
                                        "opened_by_id",
                                        "opened_at",
                                    ),
                                    "satisfaction": (
                                        "id",
                                        "ledger_id",
                                        "key",
                                        "intent_id",
                                        "commitment_id",
                                        "event_id",
                                        "quantity",
                                        "recorded_by_id",
                                        "recorded_at",
                                    ),
                                    "specification": ("id", "ledger_id", "code"),
                                },
                            )
                        ),
                        name="seal_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Balance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("month", models.DateField()),
                (
                    "provider",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("action", models.CharField(max_length=20)),
                (
                    "specification",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.specification",
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        choices=[("quantity", "quantité"), ("effort", "temps passé")], max_length=8
                    ),
                ),
                ("unit", models.CharField(max_length=16)),
                ("total", models.BigIntegerField()),
                ("events", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["provider", "ledger"], name="ledger_balance_provider"),
                    models.Index(fields=["receiver", "ledger"], name="ledger_balance_receiver"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "total",
                                django.db.models.functions.comparison.Cast(
                                    models.F("total"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="balance_total_is_whole",
                    ),
                    models.UniqueConstraint(
                        fields=(
                            "ledger",
                            "month",
                            "provider",
                            "receiver",
                            "action",
                            "specification",
                            "measure",
                            "unit",
                        ),
                        name="one_balance_each",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recipe",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="nom")),
                ("note", models.CharField(blank=True, max_length=600, verbose_name="précisions")),
                (
                    "primary_output",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.specification",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["ledger", "id"], name="ledger_recipe_order")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="recipe_has_a_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Process",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="nom")),
                (
                    "specification",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.processspecification",
                    ),
                ),
                (
                    "planned_within",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="processes",
                        to="ledger.plan",
                    ),
                ),
                ("begins_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
                ("finished", models.BooleanField(default=False)),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["ledger", "name"], name="ledger_process_name")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="process_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("begins_on__isnull", True),
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("begins_on")),
                            _connector="OR",
                        ),
                        name="process_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Resource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="nom")),
                (
                    "specification",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.specification",
                    ),
                ),
                ("unit", models.CharField(max_length=16)),
                ("floor", models.BigIntegerField(default=0, null=True)),
                ("tracking_identifier", models.CharField(default="", max_length=60)),
                (
                    "of_batch_lot",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resources",
                        to="ledger.batchlotrecord",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("accounting", models.BigIntegerField(default=0)),
                ("on_hand", models.BigIntegerField(default=0)),
                (
                    "accountable",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "custodian",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.place",
                    ),
                ),
                (
                    "container",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.resource",
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.processspecification",
                    ),
                ),
                ("state", models.CharField(default="", max_length=60)),
                ("rights", models.TextField(default="")),
                ("came", models.TextField(default="")),
                ("version", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["ledger", "name"], name="ledger_resource_name"),
                    models.Index(
                        condition=models.Q(("container__isnull", False)),
                        fields=["container"],
                        name="ledger_resource_container",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "accounting",
                                django.db.models.functions.comparison.Cast(
                                    models.F("accounting"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="resource_accounting_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "on_hand",
                                django.db.models.functions.comparison.Cast(
                                    models.F("on_hand"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="resource_on_hand_is_whole",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("tracking_identifier", ""), _negated=True),
                        fields=("ledger", "specification", "tracking_identifier"),
                        name="one_thing_a_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("container__isnull", True),
                            models.Q(("container", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="resource_is_not_in_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="resource_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("floor__isnull", True),
                            models.Q(
                                ("accounting__gte", models.F("floor")),
                                ("on_hand__gte", models.F("floor")),
                            ),
                            _connector="OR",
                        ),
                        name="resource_not_under_its_floor",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecipeProcess",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "recipe",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="ledger.recipe",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=120, verbose_name="nom")),
                (
                    "specification",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.processspecification",
                    ),
                ),
                ("days", models.PositiveIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("recipe", "number"), name="one_step_a_number"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="step_has_a_name"
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
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("action", models.CharField(max_length=20)),
                (
                    "provider",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.specification",
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        choices=[("quantity", "quantité"), ("effort", "temps passé")], max_length=8
                    ),
                ),
                ("promised", models.BigIntegerField()),
                ("unit", models.CharField(max_length=16)),
                ("due", models.DateField(null=True)),
                (
                    "input_of",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.process",
                    ),
                ),
                (
                    "output_of",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.process",
                    ),
                ),
                (
                    "planned_within",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commitments",
                        to="ledger.plan",
                    ),
                ),
                (
                    "independent_demand_of",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.plan",
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.processspecification",
                    ),
                ),
                ("in_state", models.CharField(default="", max_length=60)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["ledger", "id"], name="ledger_commitment_order")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "promised",
                                django.db.models.functions.comparison.Cast(
                                    models.F("promised"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="commitment_promised_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("promised__gt", 0)), name="promise_is_of_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit", ""), _negated=True), name="promise_has_a_unit"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("measure__in", ["quantity", "effort"])),
                        name="promise_measure_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("provider", models.F("receiver")), _negated=True),
                        name="promise_is_to_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("action", models.CharField(max_length=20)),
                (
                    "provider",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.specification",
                    ),
                ),
                ("quantity", models.BigIntegerField(null=True)),
                ("unit", models.CharField(default="", max_length=16)),
                ("effort", models.BigIntegerField(null=True)),
                ("effort_unit", models.CharField(default="", max_length=16)),
                (
                    "resource",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.resource",
                    ),
                ),
                (
                    "to_resource",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.resource",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.event",
                    ),
                ),
                (
                    "input_of",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.process",
                    ),
                ),
                (
                    "output_of",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.process",
                    ),
                ),
                (
                    "to_location",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.place",
                    ),
                ),
                ("state", models.CharField(default="", max_length=60)),
                ("rights", models.CharField(default="", max_length=13)),
                ("happened_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.mandate",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["ledger", "happened_on", "id"], name="ledger_event_day"),
                    models.Index(
                        condition=models.Q(("corrects__isnull", False)),
                        fields=["corrects"],
                        name="ledger_event_corrects",
                    ),
                    models.Index(
                        condition=models.Q(("resource__isnull", False)),
                        fields=["resource"],
                        name="ledger_event_resource",
                    ),
                    models.Index(
                        condition=models.Q(("input_of__isnull", False)),
                        fields=["input_of"],
                        name="ledger_event_input_of",
                    ),
                    models.Index(
                        condition=models.Q(("output_of__isnull", False)),
                        fields=["output_of"],
                        name="ledger_event_output_of",
                    ),
                    models.Index(
                        condition=models.Q(("to_resource__isnull", False)),
                        fields=["to_resource"],
                        name="ledger_event_to_resource",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "quantity",
                                django.db.models.functions.comparison.Cast(
                                    models.F("quantity"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="event_quantity_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "effort",
                                django.db.models.functions.comparison.Cast(
                                    models.F("effort"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="event_effort_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quantity__isnull", True), ("unit", "")),
                            models.Q(
                                ("quantity__isnull", False), models.Q(("unit", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="event_quantity_has_its_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("effort__isnull", True), ("effort_unit", "")),
                            models.Q(
                                ("effort__isnull", False),
                                models.Q(("effort_unit", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="event_effort_has_its_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity__isnull", False), ("effort__isnull", False), _connector="OR"
                        ),
                        name="event_measures_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("corrects__isnull", True),
                                models.Q(
                                    ("quantity__isnull", True), ("quantity__gt", 0), _connector="OR"
                                ),
                                models.Q(
                                    ("effort__isnull", True), ("effort__gt", 0), _connector="OR"
                                ),
                            ),
                            models.Q(
                                ("corrects__isnull", False),
                                models.Q(
                                    ("quantity__isnull", True), ("quantity__lt", 0), _connector="OR"
                                ),
                                models.Q(
                                    ("effort__isnull", True), ("effort__lt", 0), _connector="OR"
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="event_negative_only_when_it_corrects",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "action__in",
                                    (
                                        "transfer",
                                        "transferCustody",
                                        "transferAllRights",
                                        "deliverService",
                                    ),
                                ),
                                _negated=True,
                            ),
                            models.Q(("provider", models.F("receiver")), _negated=True),
                            _connector="OR",
                        ),
                        name="event_is_between_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rights", ""),
                            models.Q(("action", "transferAllRights"), ("resource__isnull", False)),
                            _connector="OR",
                        ),
                        name="event_share_is_of_rights",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mandate__isnull", True),
                            ("on_behalf_of__isnull", False),
                            _connector="OR",
                        ),
                        name="event_mandate_is_for_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Intent",
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
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("action", models.CharField(max_length=20, verbose_name="verbe")),
                (
                    "provider",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                        verbose_name="qui propose",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                        verbose_name="qui demande",
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.specification",
                        verbose_name="quoi",
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        choices=[("quantity", "quantité"), ("effort", "temps passé")],
                        max_length=8,
                        verbose_name="mesure",
                    ),
                ),
                ("quantity", models.BigIntegerField(verbose_name="quantité")),
                ("available", models.BigIntegerField(null=True, verbose_name="disponible en tout")),
                ("minimum", models.BigIntegerField(null=True, verbose_name="au moins")),
                ("unit", models.CharField(max_length=16, verbose_name="unité")),
                (
                    "resource",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.resource",
                        verbose_name="stock",
                    ),
                ),
                (
                    "input_of",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.process",
                        verbose_name="entre dans",
                    ),
                ),
                (
                    "output_of",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.process",
                        verbose_name="sort de",
                    ),
                ),
                (
                    "planned_within",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="intents",
                        to="ledger.plan",
                        verbose_name="plan",
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.processspecification",
                        verbose_name="étape",
                    ),
                ),
                (
                    "state",
                    models.CharField(blank=True, default="", max_length=60, verbose_name="état"),
                ),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.place",
                        verbose_name="lieu",
                    ),
                ),
                (
                    "reach",
                    models.PositiveIntegerField(
                        null=True, verbose_name="à combien de mètres au plus"
                    ),
                ),
                ("begins_on", models.DateField(null=True, verbose_name="à partir du")),
                ("ends_on", models.DateField(null=True, verbose_name="jusqu'au")),
                ("due", models.DateField(null=True, verbose_name="attendu le")),
                ("finished_on", models.DateField(null=True, verbose_name="fini le")),
                (
                    "name",
                    models.CharField(blank=True, default="", max_length=120, verbose_name="titre"),
                ),
                (
                    "note",
                    models.CharField(blank=True, default="", max_length=400, verbose_name="un mot"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["ledger", "id"], name="ledger_intent_order"),
                    models.Index(
                        condition=models.Q(("input_of__isnull", False)),
                        fields=["input_of"],
                        name="ledger_intent_input_of",
                    ),
                    models.Index(
                        condition=models.Q(("output_of__isnull", False)),
                        fields=["output_of"],
                        name="ledger_intent_output_of",
                    ),
                    models.Index(
                        condition=models.Q(("planned_within__isnull", False)),
                        fields=["planned_within"],
                        name="ledger_intent_plan",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "quantity",
                                django.db.models.functions.comparison.Cast(
                                    models.F("quantity"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="intent_quantity_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "available",
                                django.db.models.functions.comparison.Cast(
                                    models.F("available"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="intent_available_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "minimum",
                                django.db.models.functions.comparison.Cast(
                                    models.F("minimum"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="intent_minimum_is_whole",
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
                        name="intent_quantity_no_finer_than_its_unit",
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
                                    "available",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("available"), "/", models.Value(1000000)
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
                                    "available",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("available"), "/", models.Value(10000)
                                        ),
                                        "*",
                                        models.Value(10000),
                                    ),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="intent_available_no_finer_than_its_unit",
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
                                    "minimum",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("minimum"), "/", models.Value(1000000)
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
                                    "minimum",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("minimum"), "/", models.Value(10000)
                                        ),
                                        "*",
                                        models.Value(10000),
                                    ),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="intent_minimum_no_finer_than_its_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("provider__isnull", True), ("receiver__isnull", False)),
                            models.Q(("provider__isnull", False), ("receiver__isnull", True)),
                            _connector="OR",
                        ),
                        name="intent_has_one_side",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "author",
                                django.db.models.functions.comparison.Coalesce(
                                    "provider", "receiver"
                                ),
                            )
                        ),
                        name="intent_is_of_its_author",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity__gt", 0),
                            models.Q(
                                ("available__isnull", True),
                                ("available__gte", models.F("quantity")),
                                _connector="OR",
                            ),
                        ),
                        name="intent_is_of_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minimum__isnull", True),
                            models.Q(
                                ("minimum__gt", 0),
                                (
                                    "minimum__lte",
                                    django.db.models.functions.comparison.Coalesce(
                                        "available", "quantity"
                                    ),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="intent_minimum_is_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit", ""), _negated=True), name="intent_has_a_unit"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("measure__in", ["quantity", "effort"])),
                        name="intent_measure_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("begins_on__isnull", True),
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("begins_on")),
                            _connector="OR",
                        ),
                        name="intent_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reach__isnull", True), ("place__isnull", False), _connector="OR"
                        ),
                        name="intent_reach_is_from_a_place",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecipeFlow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "recipe",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="flows",
                        to="ledger.recipe",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("action", models.CharField(max_length=20)),
                (
                    "specification",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.specification",
                    ),
                ),
                ("quantity", models.BigIntegerField(null=True)),
                ("unit", models.CharField(default="", max_length=16)),
                ("effort", models.BigIntegerField(null=True)),
                ("effort_unit", models.CharField(default="", max_length=16)),
                (
                    "stage",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.processspecification",
                    ),
                ),
                ("in_state", models.CharField(default="", max_length=60)),
                (
                    "input_of",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="ledger.recipeprocess",
                    ),
                ),
                (
                    "output_of",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="ledger.recipeprocess",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "quantity",
                                django.db.models.functions.comparison.Cast(
                                    models.F("quantity"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="recipeflow_quantity_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "effort",
                                django.db.models.functions.comparison.Cast(
                                    models.F("effort"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="recipeflow_effort_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quantity__isnull", True), ("unit", "")),
                            models.Q(
                                ("quantity__isnull", False), models.Q(("unit", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="recipeflow_quantity_has_its_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("effort__isnull", True), ("effort_unit", "")),
                            models.Q(
                                ("effort__isnull", False),
                                models.Q(("effort_unit", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="recipeflow_effort_has_its_unit",
                    ),
                    models.UniqueConstraint(fields=("recipe", "number"), name="one_flow_a_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quantity__gt", 0), ("effort__isnull", True)),
                            models.Q(("effort__gt", 0), ("quantity__isnull", True)),
                            _connector="OR",
                        ),
                        name="recipe_flow_is_of_one_measure",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("input_of__isnull", False), ("output_of__isnull", True)),
                            models.Q(("input_of__isnull", True), ("output_of__isnull", False)),
                            models.Q(("input_of", models.F("output_of")), _negated=True),
                            _connector="OR",
                        ),
                        name="recipe_flow_is_of_a_step",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommitmentEnd",
            fields=[
                (
                    "commitment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="end",
                        serialize=False,
                        to="ledger.commitment",
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("withdrawn", "retirée"), ("superseded", "remplacée")],
                        max_length=10,
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.commitment",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["withdrawn", "superseded"])),
                        name="end_kind_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CommitmentState",
            fields=[
                (
                    "commitment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="state",
                        serialize=False,
                        to="ledger.commitment",
                    ),
                ),
                ("fulfilled", models.BigIntegerField(default=0)),
                ("ended", models.BooleanField(default=False)),
                ("version", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "fulfilled",
                                django.db.models.functions.comparison.Cast(
                                    models.F("fulfilled"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="commitmentstate_fulfilled_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fulfilled__gte", 0)),
                        name="promise_not_fulfilled_below_zero",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("action", models.CharField(max_length=20)),
                (
                    "provider",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.specification",
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        choices=[("quantity", "quantité"), ("effort", "temps passé")], max_length=8
                    ),
                ),
                ("claimed", models.BigIntegerField()),
                ("unit", models.CharField(max_length=16)),
                (
                    "triggered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="ledger.event",
                    ),
                ),
                ("due", models.DateField(null=True)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.mandate",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["ledger", "id"], name="ledger_claim_order")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "claimed",
                                django.db.models.functions.comparison.Cast(
                                    models.F("claimed"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="claim_claimed_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("claimed__gt", 0)), name="claim_is_of_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit", ""), _negated=True), name="claim_has_a_unit"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("measure__in", ["quantity", "effort"])),
                        name="claim_measure_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("provider", models.F("receiver")), _negated=True),
                        name="claim_is_from_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="correction",
                        serialize=False,
                        to="ledger.event",
                    ),
                ),
                ("quantity_out", models.BigIntegerField(default=0)),
                ("effort_out", models.BigIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "quantity_out",
                                django.db.models.functions.comparison.Cast(
                                    models.F("quantity_out"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="correction_quantity_out_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "effort_out",
                                django.db.models.functions.comparison.Cast(
                                    models.F("effort_out"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="correction_effort_out_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("effort_out__gte", 0), ("quantity_out__gte", 0)),
                        name="correction_takes_back",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EventLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="ledger.event",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="ledger.commitment",
                    ),
                ),
                ("quantity", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "quantity",
                                django.db.models.functions.comparison.Cast(
                                    models.F("quantity"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="eventlink_quantity_is_whole",
                    ),
                    models.UniqueConstraint(fields=("event", "commitment"), name="one_link_each"),
                    models.CheckConstraint(
                        condition=models.Q(("quantity", 0), _negated=True),
                        name="link_is_of_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
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
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="titre")),
                (
                    "note",
                    models.CharField(blank=True, default="", max_length=400, verbose_name="un mot"),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[("offer", "une offre"), ("request", "une demande")],
                        max_length=8,
                        verbose_name="genre",
                    ),
                ),
                ("unit_based", models.BooleanField(default=False, verbose_name="à l'unité")),
                ("begins_on", models.DateField(null=True, verbose_name="à partir du")),
                ("ends_on", models.DateField(null=True, verbose_name="jusqu'au")),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.place",
                        verbose_name="lieu",
                    ),
                ),
                ("closed_on", models.DateField(null=True, verbose_name="fini le")),
                (
                    "proposed_to",
                    models.ManyToManyField(
                        related_name="+", to="people.agent", verbose_name="proposé à"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["ledger", "id"], name="ledger_proposal_order")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="proposal_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["offer", "request"])),
                        name="proposal_purpose_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("begins_on__isnull", True),
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("begins_on")),
                            _connector="OR",
                        ),
                        name="proposal_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Satisfaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                (
                    "intent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="satisfactions",
                        to="ledger.intent",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="satisfactions",
                        to="ledger.commitment",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="satisfactions",
                        to="ledger.event",
                    ),
                ),
                ("quantity", models.BigIntegerField()),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["ledger", "id"], name="ledger_satisfaction_order")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "quantity",
                                django.db.models.functions.comparison.Cast(
                                    models.F("quantity"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="satisfaction_quantity_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="answer_is_of_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("commitment__isnull", True), ("event__isnull", False)),
                            models.Q(("commitment__isnull", False), ("event__isnull", True)),
                            _connector="OR",
                        ),
                        name="answer_is_a_promise_or_an_event",
                    ),
                    models.UniqueConstraint(
                        fields=("commitment", "intent"), name="one_answer_a_promise"
                    ),
                    models.UniqueConstraint(fields=("event", "intent"), name="one_answer_an_event"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimEnd",
            fields=[
                (
                    "claim",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="end",
                        serialize=False,
                        to="ledger.claim",
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("withdrawn", "retirée"), ("superseded", "remplacée")],
                        max_length=10,
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.claim",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["withdrawn", "superseded"])),
                        name="claim_end_kind_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimState",
            fields=[
                (
                    "claim",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="state",
                        serialize=False,
                        to="ledger.claim",
                    ),
                ),
                ("settled", models.BigIntegerField(default=0)),
                ("unsettled", models.BigIntegerField()),
                ("ended", models.BooleanField(default=False)),
                ("lifted", models.BooleanField(default=False)),
                ("version", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "settled",
                                django.db.models.functions.comparison.Cast(
                                    models.F("settled"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="claimstate_settled_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "unsettled",
                                django.db.models.functions.comparison.Cast(
                                    models.F("unsettled"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="claimstate_unsettled_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("settled__gte", 0)), name="claim_not_settled_below_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unsettled__gte", 0)),
                        name="claim_not_settled_beyond_it",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="ledger.event",
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="ledger.claim",
                    ),
                ),
                ("quantity", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "quantity",
                                django.db.models.functions.comparison.Cast(
                                    models.F("quantity"), models.BigIntegerField()
                                ),
                            )
                        ),
                        name="settlement_quantity_is_whole",
                    ),
                    models.UniqueConstraint(fields=("event", "claim"), name="one_settlement_each"),
                    models.CheckConstraint(
                        condition=models.Q(("quantity", 0), _negated=True),
                        name="settlement_is_of_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposalList",
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
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.space",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="titre")),
                (
                    "note",
                    models.CharField(blank=True, default="", max_length=400, verbose_name="un mot"),
                ),
                (
                    "proposed_to",
                    models.ManyToManyField(
                        related_name="+", to="people.agent", verbose_name="proposé à"
                    ),
                ),
                (
                    "proposals",
                    models.ManyToManyField(
                        related_name="lists", to="ledger.proposal", verbose_name="propositions"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["ledger", "id"], name="ledger_proposallist_order")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="proposal_list_has_a_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="publications",
                        to="ledger.proposal",
                    ),
                ),
                (
                    "intent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="ledger.intent",
                    ),
                ),
                ("reciprocal", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("proposal", "intent"), name="one_publication_each"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="Proposal",
            name="intents",
            field=models.ManyToManyField(
                related_name="proposals",
                through="ledger.Publication",
                to="ledger.intent",
                verbose_name="ce qui est proposé",
            ),
        ),
    ]
