"""salesforce-bulk, a client of the original Bulk API, against the emulator."""

from salesforce_bulk import CsvDictsAdapter, SalesforceBulk
from salesforce_bulk.util import IteratorBytesIO


def test_load_and_query(sf, org):
    bulk = SalesforceBulk(sessionId=org.token, host=org.host, API_version="62.0")
    job = bulk.create_insert_job("Contact", contentType="CSV", concurrency="Parallel")
    rows = iter([{"LastName": "Ada", "Email": "ada@example.com"}, {"LastName": "", "Email": "x"}])
    batch = bulk.post_batch(job, CsvDictsAdapter(rows))
    bulk.wait_for_batch(job, batch)
    results = bulk.get_batch_results(batch, job)
    assert [(row.success, row.created) for row in results] == [("true", "true"), ("false", "false")]
    assert "REQUIRED_FIELD_MISSING" in results[1].error or "INVALID_EMAIL_ADDRESS" in results[1].error
    bulk.close_job(job)
    assert bulk.job_status(job)["state"] == "Closed"

    job = bulk.create_query_job("Contact", contentType="JSON")
    batch = bulk.query(job, "SELECT Id, LastName FROM Contact")
    bulk.close_job(job)
    while not bulk.is_batch_done(batch):
        pass
    import json

    found = []
    for result in bulk.get_all_results_for_query_batch(batch):
        found += json.load(IteratorBytesIO(result))
    assert [row["LastName"] for row in found] == ["Ada"]
