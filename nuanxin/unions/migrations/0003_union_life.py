import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('regions', '0001_initial'),
        ('unions', '0002_search_text_filled'),
    ]

    operations = [
        migrations.CreateModel(
            name='Election',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('held_on', models.DateField(verbose_name='held on')),
                ('term_years', models.PositiveSmallIntegerField(choices=[(3, 3), (5, 5)], verbose_name='years of the term')),
                ('term_ends_on', models.DateField(verbose_name='term ends on')),
                ('chair_name', models.CharField(max_length=40, verbose_name='chair')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('entered_by', models.CharField(max_length=80, verbose_name='entered by')),
            ],
            options={
                'verbose_name': 'election',
                'verbose_name_plural': 'elections',
                'ordering': ['union_id', '-held_on'],
            },
        ),
        migrations.CreateModel(
            name='FoundingItem',
            fields=[
                ('code', models.SlugField(max_length=24, primary_key=True, serialize=False, verbose_name='code')),
                ('name_zh', models.CharField(max_length=60, verbose_name='name (Chinese)')),
                ('name_en', models.CharField(max_length=90, verbose_name='name (English)')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='order')),
                ('is_required', models.BooleanField(default=True, verbose_name='required')),
                ('is_of_upper', models.BooleanField(default=False, help_text='Only whoever has rights over the upper union ticks it.', verbose_name='for the upper union')),
                ('counts_members', models.BooleanField(default=False, help_text='Ticked with a number of members, which reaches the threshold of the kind.', verbose_name='counts members')),
            ],
            options={
                'verbose_name': 'founding step',
                'verbose_name_plural': 'founding steps',
                'ordering': ['rank', 'code'],
            },
        ),
        migrations.CreateModel(
            name='FoundingStep',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('done_on', models.DateField(verbose_name='done on')),
                ('members_count', models.PositiveIntegerField(blank=True, null=True, verbose_name="number of members")),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('done_by', models.CharField(max_length=80, verbose_name='ticked by')),
            ],
            options={
                'verbose_name': 'founding step done',
                'verbose_name_plural': 'founding steps done',
                'ordering': ['union_id', 'item_id'],
            },
        ),
        migrations.CreateModel(
            name='FoundingThreshold',
            fields=[
                ('kind', models.CharField(choices=[('federation', 'federation of trade unions'), ('sectoral', 'sectoral union federation'), ('joint', 'joint union'), ('single', 'single-employer union')], max_length=12, primary_key=True, serialize=False, verbose_name='kind')),
                ('members_least', models.PositiveIntegerField(verbose_name='members at least')),
            ],
            options={
                'verbose_name': 'founding threshold',
                'verbose_name_plural': 'founding thresholds',
                'ordering': ['kind'],
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('held_on', models.DateField(verbose_name='held on')),
                ('kind', models.CharField(choices=[('congress', "members' congress"), ('committee', 'committee meeting'), ('activity', 'activity')], max_length=10, verbose_name='kind')),
                ('attended_count', models.PositiveIntegerField(verbose_name='attended')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('entered_by', models.CharField(max_length=80, verbose_name='entered by')),
            ],
            options={
                'verbose_name': 'meeting',
                'verbose_name_plural': 'meetings',
                'ordering': ['union_id', '-held_on', 'id'],
            },
        ),
        migrations.AddField(
            model_name='union',
            name='end_reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='reason of the end'),
        ),
        migrations.AddField(
            model_name='union',
            name='ended_by',
            field=models.CharField(blank=True, max_length=80, verbose_name='ended by'),
        ),
        migrations.AddField(
            model_name='union',
            name='ended_on',
            field=models.DateField(blank=True, null=True, verbose_name='ended on'),
        ),
        migrations.AddField(
            model_name='union',
            name='founded_on',
            field=models.DateField(blank=True, null=True, verbose_name='founded on'),
        ),
        migrations.AddField(
            model_name='union',
            name='is_new_form',
            field=models.BooleanField(default=False, help_text='A union of riders, couriers, drivers and others who work by platforms.', verbose_name='new forms of employment'),
        ),
        migrations.AddField(
            model_name='union',
            name='preparing_since',
            field=models.DateField(blank=True, help_text='Empty when the register brought the union as founded.', null=True, verbose_name='in preparation since'),
        ),
        migrations.AddField(
            model_name='union',
            name='state',
            field=models.CharField(choices=[('preparing', 'in preparation'), ('active', 'active'), ('merged', 'merged into another'), ('dissolved', 'dissolved')], default='active', max_length=10, verbose_name='state'),
        ),
        migrations.AddField(
            model_name='union',
            name='successor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='unions.union', verbose_name='merged into'),
        ),
        migrations.AddField(
            model_name='union',
            name='term_ends_on',
            field=models.DateField(blank=True, null=True, verbose_name='term ends on'),
        ),
        migrations.AddConstraint(
            model_name='union',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['preparing', 'active', 'merged', 'dissolved'])), name='unions_union_known_state'),
        ),
        migrations.AddConstraint(
            model_name='union',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_by__gt', ''), ('ended_on__isnull', False), ('state__in', ('merged', 'dissolved'))), models.Q(models.Q(('state__in', ('merged', 'dissolved')), _negated=True), ('end_reason', ''), ('ended_by', ''), ('ended_on__isnull', True)), _connector='OR'), name='unions_union_ended_when_and_by'),
        ),
        migrations.AddConstraint(
            model_name='union',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'merged'), ('successor__isnull', False)), models.Q(models.Q(('state', 'merged'), _negated=True), ('successor__isnull', True)), _connector='OR'), name='unions_union_merged_into_one'),
        ),
        migrations.AddConstraint(
            model_name='union',
            constraint=models.CheckConstraint(condition=models.Q(('successor__isnull', True), models.Q(('successor', models.F('id')), _negated=True), _connector='OR'), name='unions_union_not_its_own_successor'),
        ),
        migrations.AddConstraint(
            model_name='union',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'preparing'), _negated=True), models.Q(('founded_on__isnull', True), ('preparing_since__isnull', False)), _connector='OR'), name='unions_union_in_preparation_not_founded'),
        ),
        migrations.AddConstraint(
            model_name='union',
            constraint=models.CheckConstraint(condition=models.Q(('founded_on__isnull', True), ('preparing_since__isnull', True), ('founded_on__gte', models.F('preparing_since')), _connector='OR'), name='unions_union_founded_after_preparation'),
        ),
        migrations.AddConstraint(
            model_name='union',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('active', 'merged')), _negated=True), ('preparing_since__isnull', True), ('founded_on__isnull', False), _connector='OR'), name='unions_union_prepared_then_founded'),
        ),
        migrations.AddConstraint(
            model_name='union',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), ('founded_on__isnull', True), ('ended_on__gte', models.F('founded_on')), _connector='OR'), name='unions_union_ends_after_its_beginning'),
        ),
        migrations.AddField(
            model_name='election',
            name='union',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='elections', to='unions.union', verbose_name='union'),
        ),
        migrations.AddField(
            model_name='foundingstep',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='unions.foundingitem', verbose_name='founding step'),
        ),
        migrations.AddField(
            model_name='foundingstep',
            name='union',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='founding_steps', to='unions.union', verbose_name='union'),
        ),
        migrations.AddConstraint(
            model_name='foundingthreshold',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['federation', 'sectoral', 'joint', 'single'])), name='unions_foundingthreshold_known_kind'),
        ),
        migrations.AddField(
            model_name='meeting',
            name='union',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='unions.union', verbose_name='union'),
        ),
        migrations.AddConstraint(
            model_name='election',
            constraint=models.UniqueConstraint(fields=('union', 'held_on'), name='unions_election_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='election',
            constraint=models.CheckConstraint(condition=models.Q(('term_years__in', [3, 5])), name='unions_election_term_of_three_or_five'),
        ),
        migrations.AddConstraint(
            model_name='election',
            constraint=models.CheckConstraint(condition=models.Q(('term_ends_on__gt', models.F('held_on'))), name='unions_election_term_ends_later'),
        ),
        migrations.AddConstraint(
            model_name='election',
            constraint=models.CheckConstraint(condition=models.Q(('chair_name', ''), _negated=True), name='unions_election_has_a_chair'),
        ),
        migrations.AddConstraint(
            model_name='election',
            constraint=models.CheckConstraint(condition=models.Q(('entered_by', ''), _negated=True), name='unions_election_entered_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='foundingstep',
            constraint=models.UniqueConstraint(fields=('union', 'item'), name='unions_foundingstep_once'),
        ),
        migrations.AddConstraint(
            model_name='foundingstep',
            constraint=models.CheckConstraint(condition=models.Q(('done_by', ''), _negated=True), name='unions_foundingstep_done_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='meeting',
            index=models.Index(fields=['union', 'held_on'], name='unions_meeting_by_day'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['congress', 'committee', 'activity'])), name='unions_meeting_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('attended_count__gte', 0)), name='unions_meeting_attended_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('entered_by', ''), _negated=True), name='unions_meeting_entered_by_somebody'),
        ),
    ]
