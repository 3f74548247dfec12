extension PressureCause {
    /// What the code and the message of a refused row, batch or call complain of; nil: of nothing that less would mend.
    package init?(code: String, message: String) {
        switch code {
        case "UNABLE_TO_LOCK_ROW", "TooManyLockFailure", "TOOMANYLOCKFAILURE": self = .locks
        case "TOO_MANY_APEX_REQUESTS": self = .apexLimits
        case "Timeout", "TIMEOUT", "REQUEST_RUNNING_TOO_LONG", "QUERY_TIMEOUT": self = .timeout
        case "SERVER_UNAVAILABLE", "SERVER_TROUBLE": self = .requests
        case "REQUEST_LIMIT_EXCEEDED" where message.contains("Concurrent"): self = .requests
        default:
            // Said inside the message of a trigger or a flow (reference 08, A3).
            if message.contains("UNABLE_TO_LOCK_ROW") {
                self = .locks
            } else if message.contains("LimitException") || message.contains("CPU time limit")
                || message.contains("Too many SOQL")
            {
                self = .apexLimits
            } else {
                return nil
            }
        }
    }

    /// Whether complaints about so many rows of a batch are pressure, and no accident.
    ///
    /// One locked row may be a person's edit, however small the batch.
    package func isNoticed(_ complaints: Int, of sent: Int) -> Bool {
        Double(complaints) >= Double(sent) * Self.noticed && (self != .locks || complaints > 1)
    }

    private static let noticed = 0.01
}
