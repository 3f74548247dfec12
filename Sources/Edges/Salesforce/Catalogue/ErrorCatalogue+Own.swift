extension ErrorCatalogue {
    /// What Salesforce has no word for, because the call did not come to an answer of its own.
    static let own: [CatalogueEntry] = [
        CatalogueEntry(
            SalesforceError.Code.connectionFailed,
            [.transient],
            "no connection to Salesforce came about",
            "check the host's network, name service, firewall and proxy",
            own: "a request again until its deadline"
        ),
        CatalogueEntry(
            SalesforceError.Code.connectionLost,
            [.transient],
            "the connection broke before the answer was whole",
            "if it stays, the host's network and proxy",
            own: "again until its deadline, where that is safe"
        ),
        CatalogueEntry(
            SalesforceError.Code.tlsFailed,
            [.transient, .configuration],
            "no trusted connection to Salesforce came about",
            "`ca_file`; a proxy that opens connections needs its authority there",
            own: "a request again until its deadline"
        ),
        CatalogueEntry(
            SalesforceError.Code.timeout,
            [.transient],
            "Salesforce did not answer in time",
            "if it stays, the host's network; triggers and flows that take long",
            own: "again until its deadline, where that is safe"
        ),
        CatalogueEntry(
            SalesforceError.Code.malformedAnswer,
            [.transient],
            "what came back is not what Salesforce sends",
            "a proxy's page? `requests` shows the answer",
            own: "again at most twice, where that is safe"
        ),
        CatalogueEntry(
            SalesforceError.Code.answerTooLarge,
            [.defect],
            "the answer is longer than it can be",
            "tell us, with the request that `requests` shows"
        ),
        CatalogueEntry(
            SalesforceError.Code.serverTrouble,
            [.transient],
            "trouble at Salesforce: a 5xx status without an error of Salesforce's own, often a page in HTML",
            "if it stays, look at status.salesforce.com",
            own: "again until its deadline, where that is safe"
        ),
        CatalogueEntry(
            SalesforceError.Code.uploadFailed,
            [.defect],
            "the data to be sent could not be read to their end",
            "the state folder's disk"
        ),
        CatalogueEntry(
            SalesforceError.Code.invalidRequest,
            [.defect],
            "sequenced would not make the call",
            "the message says why"
        ),
        CatalogueEntry(
            SalesforceError.Code.invalidConfiguration,
            [.configuration],
            "the destination's settings cannot work",
            "the message names the setting"
        ),
        CatalogueEntry(
            SalesforceError.Code.shutDown,
            [.transient],
            "sequenced was stopping",
            "nothing",
            own: "goes on after its next start"
        ),
    ]
}
