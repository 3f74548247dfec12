/// The org's allocations and what is used of them (reference 02 §9).
struct Limits: Sendable {
    var maximum: [String: Int] = [
        "ActiveScratchOrgs": 3, "AnalyticsExternalDataSizeMB": 40_960, "ConcurrentAsyncGetReportInstances": 200,
        "ConcurrentEinsteinDataInsightsStoryCreation": 5, "ConcurrentEinsteinDiscoveryStoryCreation": 2,
        "DailyAnalyticsUploadedFilesSizeMB": 51_200, "DailyEinsteinDataInsightsStoryCreation": 1_000,
        "DailyEinsteinDiscoveryPredictAPICalls": 50_000, "DailyEinsteinDiscoveryPredictionsByCDC": 500_000,
        "DailyEinsteinDiscoveryStoryCreation": 100, "MonthlyEinsteinDiscoveryStoryCreation": 500,
        "ConcurrentSyncReportRuns": 20, "DailyAnalyticsDataflowJobExecutions": 60, "DailyApiRequests": 15_000,
        "DailyAsyncApexExecutions": 250_000, "DailyAsyncApexTests": 500, "DailyBulkApiBatches": 15_000,
        "DailyBulkV2QueryFileStorageMB": 976_562, "DailyBulkV2QueryJobs": 10_000,
        "DailyDeliveredPlatformEvents": 10_000,
        "DailyDurableGenericStreamingApiEvents": 10_000, "DailyDurableStreamingApiEvents": 10_000,
        "DailyFunctionsApiCallLimit": 235_000, "DailyGenericStreamingApiEvents": 10_000, "DailyScratchOrgs": 6,
        "DailyStandardVolumePlatformEvents": 10_000, "DailyStreamingApiEvents": 10_000, "DailyWorkflowEmails": 100_000,
        "DataStorageMB": 1_024, "DurableStreamingApiConcurrentClients": 20, "FileStorageMB": 1_024,
        "HourlyAsyncReportRuns": 1_200, "HourlyDashboardRefreshes": 200, "HourlyDashboardResults": 5_000,
        "HourlyDashboardStatuses": 999_999_999, "HourlyLongTermIdMapping": 100_000,
        "HourlyManagedContentPublicRequests": 50_000, "HourlyODataCallout": 20_000,
        "HourlyPublishedPlatformEvents": 50_000, "HourlyPublishedStandardVolumePlatformEvents": 1_000,
        "HourlyShortTermIdMapping": 100_000, "HourlySyncReportRuns": 500, "HourlyTimeBasedWorkflow": 1_000,
        "MassEmail": 5_000, "Package2VersionCreates": 6, "Package2VersionCreatesWithoutValidation": 500,
        "PermissionSets": 1_500, "PlatformEventTriggersWithParallelProcessing": 5,
        "PrivateConnectOutboundCalloutHourlyLimitMB": 0, "SingleEmail": 5_000, "StreamingApiConcurrentClients": 20,
    ]
    /// Storage runs out only where the org's file says how much there is.
    var enforcesStorage = false
    private var used: [String: Int] = [:]
    private var windowStart: [String: Instant] = [:]

    /// Takes `count` of an allocation; false, and nothing taken, when not enough is left.
    mutating func take(_ name: String, _ count: Int = 1, now: Instant) -> Bool {
        roll(name, now)
        let already = used[name, default: 0]
        guard already + count <= maximum[name, default: .max] else { return false }
        used[name] = already + count
        return true
    }

    mutating func usage(_ name: String, now: Instant) -> (used: Int, maximum: Int) {
        roll(name, now)
        return (used[name, default: 0], maximum[name, default: 0])
    }

    mutating func clear() {
        used = [:]
        windowStart = [:]
    }

    /// An hour or a day after the first use the counting starts anew.
    private mutating func roll(_ name: String, _ now: Instant) {
        let span: Int64 = name.hasPrefix("Hourly") ? 3_600_000 : 86_400_000
        if let start = windowStart[name], now.milliseconds - start.milliseconds < span, now >= start { return }
        windowStart[name] = now
        used[name] = 0
    }
}
