package import CivilTime
package import SyncModel

/// What sending something costs, in the four kinds that Salesforce counts.
package struct QuotaNeed: Sendable, Equatable {
    package var apiRequests = 0
    package var bulkBatches = 0
    package var bulkRows = 0
    package var publishedEvents = 0

    package init(apiRequests: Int = 0, bulkBatches: Int = 0, bulkRows: Int = 0, publishedEvents: Int = 0) {
        self.apiRequests = apiRequests
        self.bulkBatches = bulkBatches
        self.bulkRows = bulkRows
        self.publishedEvents = publishedEvents
    }

    package static func + (left: QuotaNeed, right: QuotaNeed) -> QuotaNeed {
        QuotaNeed(
            apiRequests: left.apiRequests + right.apiRequests,
            bulkBatches: left.bulkBatches + right.bulkBatches,
            bulkRows: left.bulkRows + right.bulkRows,
            publishedEvents: left.publishedEvents + right.publishedEvents
        )
    }
}

/// What is left of one allocation.
package struct Allocation: Sendable, Equatable {
    package var allowed: Int
    package var left: Int

    package init(allowed: Int, left: Int) {
        self.allowed = allowed
        self.left = left
    }
}

/// The org's allocations as it tells them (reference 02-rest, 9); nil: it does not tell that one.
package struct QuotaReading: Sendable, Equatable {
    package var apiRequests: Allocation?
    package var bulkBatches: Allocation?
    package var publishedEvents: Allocation?

    package init(apiRequests: Allocation?, bulkBatches: Allocation?, publishedEvents: Allocation?) {
        self.apiRequests = apiRequests
        self.bulkBatches = bulkBatches
        self.publishedEvents = publishedEvents
    }
}

/// What sequenced itself has spent, hour by hour, oldest first.
package struct QuotaSpending: Sendable, Equatable {
    package struct Hour: Sendable, Equatable {
        package var from: Timestamp
        package var need: QuotaNeed

        package init(from: Timestamp, need: QuotaNeed) {
            self.from = from
            self.need = need
        }
    }

    package var hours: [Hour]

    package init(hours: [Hour] = []) {
        self.hours = hours
    }
}

/// Says what does not fit, and until when.
package struct Quota: Sendable {
    package var destination: String
    package var limits: DestinationDefinition.Limits
    package var reading: QuotaReading
    package var spending: QuotaSpending

    package init(
        destination: String,
        limits: DestinationDefinition.Limits,
        reading: QuotaReading,
        spending: QuotaSpending
    ) {
        self.destination = destination
        self.limits = limits
        self.reading = reading
        self.spending = spending
    }

    /// What stands in the way of a need; what could never fit whole has only to find room to begin.
    package func shortages(for need: QuotaNeed, at now: Timestamp) -> [QuotaShortage] {
        var found: [QuotaShortage] = []
        func org(_ name: String, _ allocation: Allocation?, _ wanted: Int) {
            guard let allocation, wanted > 0 else { return }
            let reserve = Int((Double(allocation.allowed) * limits.reserve.fraction).rounded(.up))
            let fits = min(wanted, max(1, allocation.allowed - reserve))
            guard allocation.left - reserve < fits else { return }
            let reason =
                "\(allocation.left) of the org's \(allocation.allowed) are left, \(reserve) are the reserve, and \(wanted) are needed"
            found.append(QuotaShortage(name: name, destination: destination, until: nil, reason: reason))
        }
        func own(_ name: String, _ key: String, _ cap: Int?, _ wanted: Int, _ part: KeyPath<QuotaNeed, Int>) {
            guard let cap, wanted > 0 else { return }
            let day = spending.hours.filter { $0.from + .seconds(Self.day) > now }
            var spent = day.reduce(0) { $0 + $1.need[keyPath: part] }
            guard spent + min(wanted, max(cap, 1)) > cap else { return }
            let reason = "\(spent) of \(key) \(cap) are spent in 24 h, and \(wanted) are needed"
            var until: Timestamp?
            for hour in day {
                spent -= hour.need[keyPath: part]
                until = hour.from + .seconds(Self.day)
                if spent + min(wanted, max(cap, 1)) <= cap { break }
            }
            found.append(QuotaShortage(name: name, destination: destination, until: until, reason: reason))
        }
        org("api requests", reading.apiRequests, need.apiRequests)
        org("bulk batches", reading.bulkBatches, need.bulkBatches)
        org("published events", reading.publishedEvents, need.publishedEvents)
        own("api requests", "daily_api_calls", limits.dailyAPICalls, need.apiRequests, \.apiRequests)
        own("bulk batches", "daily_bulk_batches", limits.dailyBulkBatches, need.bulkBatches, \.bulkBatches)
        own("bulk rows", "daily_bulk_rows", limits.dailyBulkRows, need.bulkRows, \.bulkRows)
        return found
    }

    /// A day, and the hour by which spending is counted.
    private static let day: Int64 = 25 * 3_600
}
