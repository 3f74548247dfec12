"""django-salesforce against the emulator: an ORM that writes SOQL and keeps Django's tests of its backend busy."""

import pytest


@pytest.fixture(scope="session")
def django_setup(org):
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
            "salesforce": {
                "ENGINE": "salesforce.backend",
                "CONSUMER_KEY": "emulator-client",
                "CONSUMER_SECRET": "emulator-secret",
                "USER": "admin@example.com",
                "PASSWORD": "passwordtoken",
                "HOST": org.base,
            },
        },
        DATABASE_ROUTERS=["salesforce.router.ModelRouter"],
        INSTALLED_APPS=["salesforce"],
        DEFAULT_AUTO_FIELD="salesforce.fields.SalesforceAutoField",
        USE_TZ=True,
        SF_LAZY_CONNECT=True,
    )
    django.setup()


@pytest.fixture()
def models(django_setup):
    return tables()


def tables(made={}):
    if made:
        return made
    from salesforce import models

    class Account(models.SalesforceModel):
        name = models.CharField(max_length=255, db_column="Name")
        external = models.CharField(max_length=255, db_column="External_Id__c", null=True)
        employees = models.IntegerField(db_column="NumberOfEmployees", null=True)

        class Meta:
            app_label = "salesforce"
            db_table = "Account"
            managed = False

    class Contact(models.SalesforceModel):
        last_name = models.CharField(max_length=80, db_column="LastName")
        email = models.EmailField(db_column="Email", null=True)
        born = models.DateField(db_column="Birthdate", null=True)
        account = models.ForeignKey(Account, models.DO_NOTHING, db_column="AccountId", null=True)

        class Meta:
            app_label = "salesforce"
            db_table = "Contact"
            managed = False

    made.update(Account=Account, Contact=Contact)
    return made


def test_objects(models, org):
    import datetime

    Account, Contact = models["Account"], models["Contact"]
    account = Account.objects.create(name="O'Brien \\ Söhne", external="X", employees=7)
    contact = Contact.objects.create(last_name="Ada", account=account, born=datetime.date(1999, 12, 31))
    found = Contact.objects.select_related("account").get(account__name__startswith="O'B", born__lt="2000-01-01")
    assert found.pk == contact.pk and found.account.name == "O'Brien \\ Söhne"
    found.email = "ada@example.com"
    found.save()
    assert org.records("Contact")[0]["Email"] == "ada@example.com"
    found.delete()
    assert Contact.objects.count() == 0


def test_many(models, org):
    from django.db.models import Count, Max, Q

    Account = models["Account"]
    Account.objects.bulk_create([Account(name="N%03d" % number, employees=number % 3) for number in range(450)])
    assert len(org.records("Account")) == 450
    assert [row.name for row in Account.objects.order_by("-name")[:3]] == ["N449", "N448", "N447"]
    assert Account.objects.filter(Q(name__in=["N001", "N002"]) | Q(employees=None)).count() == 2
    counted = {row["employees"]: row["n"] for row in Account.objects.values("employees").order_by("employees").annotate(n=Count("id"))}
    assert counted == {0: 150, 1: 150, 2: 150}
    assert Account.objects.aggregate(top=Max("employees"))["top"] == 2
    assert Account.objects.filter(employees=1).update(employees=9) == 150
    assert sum(record["NumberOfEmployees"] == 9 for record in org.records("Account")) == 150


def test_errors(models):
    from salesforce.dbapi.exceptions import SalesforceError

    with pytest.raises(SalesforceError, match="REQUIRED_FIELD_MISSING"):
        models["Contact"].objects.create(last_name=None)
    from django.db import connections

    with pytest.raises(SalesforceError, match="INVALID_FIELD"):
        connections["salesforce"].cursor().execute("SELECT Nope FROM Account")
