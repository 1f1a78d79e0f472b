import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0001_initial'),
        ('people', '0001_initial'),
        ('records', '0002_record_revision'),
    ]

    operations = [
        migrations.CreateModel(
            name='Signup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=40)),
                ('seat', models.PositiveIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signups', to='people.person')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signups', to='records.record')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('record', 'person'), name='signup_once'), models.UniqueConstraint(fields=('record', 'seat'), name='signup_seat')],
            },
        ),
    ]
