"""CumulusCI's data operations against the emulator: its classes of the Bulk API and of REST, as its own tasks use them."""

import logging
from types import SimpleNamespace

import pytest
from cumulusci.tasks.bulkdata.step import (
    BulkApiDmlOperation,
    BulkApiQueryOperation,
    DataOperationStatus,
    DataOperationType,
    RestApiDmlOperation,
    RestApiQueryOperation,
    get_dml_operation,
    get_query_operation,
)
from salesforce_bulk import SalesforceBulk


@pytest.fixture()
def context(sf, org):
    return SimpleNamespace(
        sf=sf,
        bulk=SalesforceBulk(sessionId=org.token, host=org.host, API_version="62.0"),
        logger=logging.getLogger("cumulusci"),
    )


def load(kind, context, sobject, operation, fields, rows, **options):
    step = kind(sobject=sobject, operation=operation, api_options=options, context=context, fields=fields)
    with step:
        step.load_records(iter(rows))
    return step, list(step.get_results())


def test_bulk_insert_in_batches_with_failures(context, org):
    rows = [["N%03d" % number, "E%03d" % number] for number in range(250)]
    rows[117] = ["", "E117"]
    step, results = load(
        BulkApiDmlOperation, context, "Account", DataOperationType.INSERT, ["Name", "External_Id__c"], rows, batch_size=100
    )
    assert len(step.batch_ids) == 3
    assert step.job_result.status is DataOperationStatus.ROW_FAILURE
    assert step.job_result.records_processed == 250 and step.job_result.total_row_errors == 1
    assert [result.success for result in results] == [number != 117 for number in range(250)]
    assert all(result.created and len(result.id) == 18 for result in results if result.success)
    assert "REQUIRED_FIELD_MISSING" in results[117].error and "[Name]" in results[117].error
    held = {record["Id"]: record["Name"] for record in org.records("Account")}
    assert [held[result.id] for result in results if result.success] == [row[0] for row in rows if row[0]]


def test_bulk_upsert_with_relationship_and_null(context, org):
    context.sf.Account.create({"Name": "P", "External_Id__c": "A-1"})
    context.sf.Contact.create({"LastName": "Old", "External_Id__c": "C-1", "Phone": "1", "Email": "a@example.com"})
    step, results = load(
        BulkApiDmlOperation,
        context,
        "Contact",
        DataOperationType.UPSERT,
        ["External_Id__c", "LastName", "Phone", "Email", "Account.External_Id__c"],
        [["C-1", "New", "#N/A", "", "A-1"], ["C-2", "Second", "2", "", "A-1"], ["C-3", "Third", "", "", "A-9"]],
        update_key="External_Id__c",
    )
    assert step.job_result.status is DataOperationStatus.ROW_FAILURE
    assert [(result.success, result.created) for result in results] == [(True, False), (True, True), (False, False)]
    assert "Foreign key external ID: A-9 not found" in results[2].error
    first, second = sorted(org.records("Contact"), key=lambda record: record["External_Id__c"])
    account = org.records("Account")[0]["Id"]
    assert (first["LastName"], first["Phone"], first["Email"]) == ("New", None, "a@example.com")
    assert first["AccountId"] == account and second["AccountId"] == account


def test_bulk_update_delete_and_hard_delete(context, org):
    ids = [context.sf.Lead.create({"LastName": "L%d" % number, "Company": "C"})["id"] for number in range(4)]
    step, results = load(
        BulkApiDmlOperation,
        context,
        "Lead",
        DataOperationType.UPDATE,
        ["Id", "Company"],
        [[ids[0], "New"], ["00Q000000000000AAA", "x"]],
    )
    assert [result.success for result in results] == [True, False]
    assert {record["Company"] for record in org.records("Lead")} == {"New", "C"}
    step, results = load(BulkApiDmlOperation, context, "Lead", DataOperationType.DELETE, ["Id"], [[ids[1]]])
    assert step.job_result.status is DataOperationStatus.SUCCESS and results[0].id == ids[1]
    step, results = load(BulkApiDmlOperation, context, "Lead", DataOperationType.HARD_DELETE, ["Id"], [[ids[2]]])
    assert step.job_result.status is DataOperationStatus.SUCCESS
    assert {record["Id"] for record in org.records("Lead")} == {ids[0], ids[3]}
    known = {record["Id"] for record in context.sf.query("SELECT Id FROM Lead", include_deleted=True)["records"]}
    assert known == {ids[0], ids[1], ids[3]}


def test_bulk_batch_with_unknown_field(context):
    operation = BulkApiDmlOperation(
        sobject="Account",
        operation=DataOperationType.INSERT,
        api_options={},
        context=context,
        fields=["Name", "Nope__c"],
    )
    with operation:
        operation.load_records(iter([["a", "b"]]))
    assert operation.job_result.status is DataOperationStatus.JOB_FAILURE
    assert operation.job_result.job_errors == ["InvalidBatch : Field name not found : Nope__c"]


def test_bulk_query_over_2000_rows(context):
    context.sf.bulk2.Account.insert(records=[{"Name": "N%04d" % number} for number in range(4500)])
    query = BulkApiQueryOperation(
        sobject="Account", api_options={}, context=context, query="SELECT Id, Name FROM Account ORDER BY Name"
    )
    with query:
        rows = list(query.get_results())
    assert query.job_result.status is DataOperationStatus.SUCCESS and query.job_result.records_processed == 4500
    assert query.headers == ["Id", "Name"]
    assert [row[1] for row in rows] == ["N%04d" % number for number in range(4500)]


def test_bulk_query_of_nothing(context):
    query = BulkApiQueryOperation(sobject="Lead", api_options={}, context=context, query="SELECT Id FROM Lead")
    with query:
        assert list(query.get_results()) == []


@pytest.mark.parametrize(
    "soql, code",
    [("SELECT Id FORM Account", "MALFORMED_QUERY"), ("SELECT Nope FROM Account", "INVALID_FIELD")],
)
def test_bulk_query_that_is_malformed(context, soql, code):
    query = BulkApiQueryOperation(sobject="Account", api_options={}, context=context, query=soql)
    with query:
        assert query.job_result.status is DataOperationStatus.JOB_FAILURE
        assert query.job_result.job_errors[0].startswith("InvalidBatch : Failed to process query: " + code)


def test_rest_insert_update_upsert_delete(context, org):
    rows = [["N%03d" % number, "E%03d" % number, "1"] for number in range(450)]
    rows[201] = [None, "E201", "1"]
    step, results = load(
        RestApiDmlOperation, context, "Account", DataOperationType.INSERT, ["Name", "External_Id__c", "Phone"], rows
    )
    assert step.job_result.status is DataOperationStatus.ROW_FAILURE and step.job_result.total_row_errors == 1
    assert [result.success for result in results] == [number != 201 for number in range(450)]
    assert results[201].error.startswith("REQUIRED_FIELD_MISSING: Required fields are missing: [Name]")
    ids = {record["External_Id__c"]: record["Id"] for record in org.records("Account")}

    step, results = load(
        RestApiDmlOperation, context, "Account", DataOperationType.UPDATE, ["Id", "Phone"], [[ids["E000"], ""], [ids["E001"], "2"]]
    )
    phones = {record["External_Id__c"]: record["Phone"] for record in org.records("Account")}
    assert (phones["E000"], phones["E001"], phones["E002"]) == (None, "2", "1")

    step, results = load(
        RestApiDmlOperation,
        context,
        "Account",
        DataOperationType.UPSERT,
        ["External_Id__c", "Name"],
        [["E000", "Again"], ["E900", "Anew"]],
        update_key="External_Id__c",
    )
    assert [(result.success, result.created) for result in results] == [(True, False), (True, True)]

    step, results = load(
        RestApiDmlOperation, context, "Account", DataOperationType.DELETE, ["Id"], [[ids["E000"]], [ids["E000"]], [ids["E001"]]]
    )
    assert [result.success for result in results] == [True, False, True]
    assert len(org.records("Account")) == 448


def test_rest_query_over_2000_rows(context):
    context.sf.bulk2.Account.insert(records=[{"Name": "N%04d" % number} for number in range(2500)])
    query = RestApiQueryOperation(
        sobject="Account",
        fields=["Name", "Phone"],
        api_options={},
        context=context,
        query="SELECT Name, Phone FROM Account ORDER BY Name",
    )
    with query:
        rows = list(query.get_results())
    assert query.job_result.records_processed == 2500
    assert rows == [["N%04d" % number, ""] for number in range(2500)]


def test_api_is_chosen_by_how_many_records_there_are(context):
    def chosen():
        return get_query_operation(
            sobject="Account", fields=["Id"], api_options={}, context=context, query="SELECT Id FROM Account"
        )

    context.sf.bulk2.Account.insert(records=[{"Name": "N%d" % number} for number in range(1999)])
    assert isinstance(chosen(), RestApiQueryOperation)
    context.sf.Account.create({"Name": "one more"})
    assert isinstance(chosen(), BulkApiQueryOperation)
    step = get_dml_operation(
        sobject="Account",
        operation=DataOperationType.INSERT,
        fields=["Name"],
        api_options={},
        context=context,
        volume=10,
    )
    assert isinstance(step, RestApiDmlOperation)


@pytest.mark.parametrize("kind", [BulkApiDmlOperation, RestApiDmlOperation])
def test_values_before_an_upsert(context, kind):
    for number in range(3):
        context.sf.Account.create({"Name": "N%d" % number, "External_Id__c": "E%d" % number})
    step = kind(
        sobject="Account",
        operation=DataOperationType.UPSERT,
        api_options={"update_key": "External_Id__c"},
        context=context,
        fields=["External_Id__c", "Name"],
    )
    values, fields = step.get_prev_record_values(iter([["E0", "x"], ["E1", "y"]]))
    found = [dict(zip(fields, row)) for row in values]
    assert {row["External_Id__c"]: row["Name"] for row in found} == {"E0": "N0", "E1": "N1"}


@pytest.mark.parametrize("kind", [BulkApiDmlOperation, RestApiDmlOperation])
def test_records_that_are_selected_instead_of_loaded(context, kind):
    ids = {context.sf.Account.create({"Name": "N%d" % number})["id"] for number in range(3)}
    step = kind(
        sobject="Account",
        operation=DataOperationType.QUERY,
        api_options={},
        context=context,
        fields=["Name"],
        content_type="JSON",
    )
    step.start()
    step.select_records(iter([["a"], ["b"]]))
    step.end()
    results = list(step.get_results())
    assert len(results) == 2 and all(result.success and result.id in ids for result in results)
