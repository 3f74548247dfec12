import Metering
import Testing

@Suite struct `The metrics` {
    @Test func `are OpenMetrics text that ends with its mark`() {
        let meter = Meter()
        #expect(meter.text == "# EOF\n")
        let runs = meter.counter("sequenced_runs", "Runs that have ended.", labels: ["sequence", "result"])
        #expect(meter.text == "# EOF\n")
        runs.add(1, ["crm", "succeeded"])
        runs.add(2, ["crm", "failed"])
        runs.add(1, ["crm", "succeeded"])
        meter.gauge("sequenced_start_time_seconds", "When the daemon began.").set(1_000.5)
        meter.info("sequenced_build", "What runs.", ["version": "0.1.0"])
        #expect(
            meter.text == """
                # TYPE sequenced_build info
                # HELP sequenced_build What runs.
                sequenced_build_info{version="0.1.0"} 1
                # TYPE sequenced_runs counter
                # HELP sequenced_runs Runs that have ended.
                sequenced_runs_total{sequence="crm",result="failed"} 2
                sequenced_runs_total{sequence="crm",result="succeeded"} 2
                # TYPE sequenced_start_time_seconds gauge
                # UNIT sequenced_start_time_seconds seconds
                # HELP sequenced_start_time_seconds When the daemon began.
                sequenced_start_time_seconds 1000.5
                # EOF

                """
        )
    }

    @Test func `count into buckets up to and including their bounds`() {
        let meter = Meter()
        let took = meter.histogram("took_seconds", "h", labels: ["verb"], bounds: [0.5, 1])
        for value in [0.5, 0.7, 1, 9] { took.observe(value, ["start"]) }
        took.observe(.milliseconds(250), ["start"])
        took.observe(.nan, ["start"])
        #expect(
            meter.text == """
                # TYPE took_seconds histogram
                # UNIT took_seconds seconds
                # HELP took_seconds h
                took_seconds_bucket{verb="start",le="0.5"} 2
                took_seconds_bucket{verb="start",le="1.0"} 4
                took_seconds_bucket{verb="start",le="+Inf"} 5
                took_seconds_count{verb="start"} 5
                took_seconds_sum{verb="start"} 11.45
                # EOF

                """
        )
    }

    @Test func `are the same when they are made again`() {
        let meter = Meter()
        meter.counter("n", "h").add()
        meter.counter("n", "h").add(2)
        #expect(meter.text.contains("n_total 3\n"))
    }

    @Test func `are 0 from the beginning where there is one series only`() {
        let meter = Meter()
        _ = meter.counter("n", "h")
        _ = meter.gauge("g", "h")
        #expect(meter.text.contains("n_total 0\n") && meter.text.contains("g 0\n"))
    }

    @Test func `never fall where they count, and fall where they gauge`() {
        let meter = Meter()
        let counter = meter.counter("n", "h")
        counter.add(5)
        counter.add(-3.0)
        counter.add(.infinity)
        counter.add(.nan)
        let gauge = meter.gauge("g", "h", labels: ["l"])
        gauge.set(5, ["a"])
        gauge.add(-7, ["a"])
        gauge.set(1, ["b"])
        gauge.remove(["b"])
        gauge.set(.nan, ["c"])
        gauge.set(-.infinity, ["d"])
        #expect(meter.text.contains("n_total 5\n"))
        #expect(meter.text.contains("g{l=\"a\"} -2\ng{l=\"c\"} NaN\ng{l=\"d\"} -Inf\n"))
    }

    @Test func `escape what a label holds`() {
        let meter = Meter()
        meter.gauge("g", "a\nb", labels: ["l"]).set(1, ["x\"y\\z\n"])
        #expect(meter.text.contains(#"g{l="x\"y\\z\n"} 1"#))
        #expect(meter.text.contains(#"# HELP g a\nb"#))
    }

    @Test func `do not grow without end`() {
        let meter = Meter()
        let counter = meter.counter("n", "h", labels: ["l"])
        for number in 0..<10_100 { counter.add(1, [String(number)]) }
        #expect(meter.text.split(separator: "\n").count == 10_003)
        counter.add(1, ["7"])
        #expect(meter.text.contains("n_total{l=\"7\"} 2\n"))
    }

    @Test func `lose nothing when many count at once`() async {
        let meter = Meter()
        let counter = meter.counter("n", "h")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<1_000 { counter.add() } }
            }
        }
        #expect(meter.text.contains("n_total 8000\n"))
    }
}
