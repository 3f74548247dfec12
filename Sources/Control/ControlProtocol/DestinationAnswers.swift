/// `limits D`: the org's limits, what sequenced spent of them, what is in reserve.
package struct LimitsAnswer: Codable, Sendable, Equatable {
    package struct Limit: Codable, Sendable, Equatable {
        /// As Salesforce names it, such as `DailyApiRequests`.
        package var name: String
        package var maximum: Int
        package var remaining: Int
        /// What sequenced spent of it in the last 24 hours; null where it does not spend of it.
        @OrNull package var spent: Int?
        /// What sequenced leaves for others.
        @OrNull package var reserve: Int?
        /// The most that sequenced may spend by its own settings.
        @OrNull package var cap: Int?

        package init(
            name: String,
            maximum: Int,
            remaining: Int,
            spent: Int? = nil,
            reserve: Int? = nil,
            cap: Int? = nil
        ) {
            self.name = name
            self.maximum = maximum
            self.remaining = remaining
            self.spent = spent
            self.reserve = reserve
            self.cap = cap
        }
    }

    package var schema = ControlCoding.schema
    package var destination: String
    package var asked: String
    package var limits: [Limit]

    package init(destination: String, asked: String, limits: [Limit]) {
        self.destination = destination
        self.asked = asked
        self.limits = limits
    }
}

/// `doctor D`: what was looked at, and how it stands.
package struct DoctorAnswer: Codable, Sendable, Equatable {
    package struct Finding: Codable, Sendable, Equatable {
        /// One of `login`, `edition`, `rights`, `quota`, `storage`, `clock`, `field`; more may come.
        package var subject: String
        /// `good`, `warning`, `bad` or `unknown`.
        package var verdict: String
        package var message: String
        @OrNull package var remedy: String?

        package init(subject: String, verdict: String, message: String, remedy: String? = nil) {
            self.subject = subject
            self.verdict = verdict
            self.message = message
            self.remedy = remedy
        }
    }

    package var schema = ControlCoding.schema
    package var destination: String
    package var healthy: Bool
    package var findings: [Finding]

    package init(destination: String, findings: [Finding]) {
        self.destination = destination
        self.findings = findings
        healthy = !findings.contains { $0.verdict == "bad" }
    }
}

/// `login D`: begins it.
package struct LoginCommand: Codable, Sendable, Equatable {
    package var destination: String

    package init(destination: String) {
        self.destination = destination
    }
}

/// `login D`: either it is done (by key), or a person has to open an address.
package struct LoginAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var destination: String
    package var done: Bool
    /// What a browser has to open.
    @OrNull package var address: String?
    /// Where the browser will be sent afterwards, on this host.
    @OrNull package var redirectUri: String?
    /// The user that the destination is now signed in as.
    @OrNull package var username: String?
    package var message: String

    package init(destination: String, done: Bool, message: String) {
        self.destination = destination
        self.done = done
        self.message = message
        address = nil
        redirectUri = nil
        username = nil
    }
}

/// `login D`: the address that the browser was sent to.
package struct LoginFinishCommand: Codable, Sendable, Equatable {
    package var destination: String
    package var redirected: String

    package init(destination: String, redirected: String) {
        self.destination = destination
        self.redirected = redirected
    }
}
