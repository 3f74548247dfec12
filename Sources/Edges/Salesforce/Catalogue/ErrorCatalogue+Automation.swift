extension ErrorCatalogue {
    /// Triggers, flows and what else runs when a record is saved.
    static let automation: [CatalogueEntry] =
        apexLimits + [
            CatalogueEntry(
                "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                [.transient, .shape],
                when: "UNABLE_TO_LOCK_ROW",
                "a trigger ran into a record that another transaction held",
                "find what writes the same parents (`inspect`); a quiet window for it",
                own: "fewer batches, then serial; retried up to 5 times"
            ),
            CatalogueEntry(
                "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                [.configuration],
                "a trigger of the org threw an error",
                "the message names the trigger; its owner mends it, or the row is left out"
            ),
            CatalogueEntry(
                "CANNOT_EXECUTE_FLOW_TRIGGER",
                [.transient, .shape],
                when: "UNABLE_TO_LOCK_ROW",
                "a flow ran into a record that another transaction held",
                "find what writes the same parents (`inspect`); a quiet window for it",
                own: "fewer batches, then serial; retried up to 5 times"
            ),
            CatalogueEntry(
                "CANNOT_EXECUTE_FLOW_TRIGGER",
                [.configuration],
                "a flow of the org failed, so the record was not saved",
                "the message names the flow; its owner mends it, or the row is left out"
            ),
            CatalogueEntry(
                "FLOW_EXCEPTION",
                [.configuration],
                "a flow of the org failed",
                "the message names the flow; its owner mends it"
            ),
            CatalogueEntry(
                "MAX_DEPTH_IN_FLOW_EXECUTION",
                [.configuration],
                "flows of the org set each other off without end",
                "break the circle in the flows that `inspect` lists"
            ),
            CatalogueEntry(
                "SELF_REFERENCE_FROM_TRIGGER",
                [.configuration],
                "a trigger writes the very record that set it off",
                "mend the trigger"
            ),
            CatalogueEntry(
                "SELF_REFERENCE_FROM_FLOW",
                [.configuration],
                "a flow writes the very record that set it off",
                "mend the flow"
            ),
            CatalogueEntry(
                "MIXED_DML_OPERATION",
                [.shape],
                "one transaction wrote setup records, such as users, and data",
                "write users in a step of their own; if a trigger does it, mend the trigger"
            ),
        ]

    /// A limit of Apex hides in the message of a trigger or a flow.
    private static let apexLimits: [CatalogueEntry] = [
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER",
    ].flatMap { code in
        [
            "LimitException", "CPU time limit", "Too many SOQL", "Too many DML", "Too many query rows",
            "Too many retries of batch save",
        ].map { mark in
            CatalogueEntry(
                code,
                [.shape],
                when: mark,
                "triggers or flows on the object did too much for one transaction",
                "make the trigger or flow cheaper, or keep the batch small",
                own: "size to 100, 50 …, raised again slowly"
            )
        }
    }
}
