using System.Text.Json;
using Cli.Demo;
using Cli.Reporting;
using Consistency.Auditing;

namespace Tests.Unit.Cli;

public sealed class ReportJsonTests
{
    [Fact]
    public void the_demo_writes_exactly_the_agreed_shape()
    {
        var report = new RunReport(
            [new PatternFigures(
                "events", 400, 300, 100, new LatencyFigures(1.5, 9, 20), new LatencyFigures(30, 80.25, 120),
                new TrafficFigures(3.1, 6.25, 0, 0), new RepairFigures(2, 4100, 6200))],
            25, 0, 3, new AuditFigures(1700, [new Violation("order-total", "o1", "lines sum up to 1 cents")]),
            new EffortFigures(new RepairFigures(2, 4100, 6200), 1, new AntiEntropyFigures(40, 900), []),
            280, new ProfileFigures(8, 4), 0.05, new Outage("invoices", 20), 61.5);

        Compact(JsonSerializer.Serialize(report, ReportJson.Default.RunReport)).ShouldBe(
            """
            {"patterns":[{"name":"events","placed":400,"confirmed":300,"cancelled":100,
            "acceptMs":{"p50":1.5,"p99":9,"max":20},"convergeMs":{"p50":30,"p99":80.25,"max":120},
            "traffic":{"messagesPerOrder":3.1,"deliveriesPerOrder":6.25,"callsPerOrder":0,"changesPerOrder":0},
            "repairs":{"orders":2,"lateP50Ms":4100,"lateMaxMs":6200}}],
            "duplicatesSuppressed":25,"deadLetters":0,"parked":3,
            "audit":{"checked":1700,"violations":[{"rule":"order-total","subject":"o1","detail":"lines sum up to 1 cents"}]},
            "effort":{"repairs":{"orders":2,"lateP50Ms":4100,"lateMaxMs":6200},"otherRepairs":1,
            "antiEntropy":{"calls":40,"changes":900},"countsLost":[]},
            "ordersReadBack":280,"profiles":{"edits":8,"conflictsResolved":4},"lose":0.05,
            "outage":{"service":"invoices","seconds":20},"durationSeconds":61.5}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task a_report_replaces_the_file_of_an_earlier_run()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "out.json");
        await File.WriteAllTextAsync(file, new string('x', 10_000));

        await ReportFile.WriteAsync(
            file, new VerifyReport(true, 0, 0, 3, 0, 0, new AuditFigures(9, [])), ReportJson.Default.VerifyReport,
            CancellationToken.None);

        Compact(await File.ReadAllTextAsync(file)).ShouldBe(
            """{"atRest":true,"unsettled":0,"outboxDepth":0,"duplicatesSuppressed":3,"deadLetters":0,"parked":0,"audit":{"checked":9,"violations":[]}}""");
        Directory.GetFiles(Path.GetDirectoryName(file)!).ShouldHaveSingleItem();
    }

    private static string Compact(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement);
    }
}
