using Tests.Contract.Components.RabbitMq;

namespace Tests.Contract.Components.Compliance;

/// <summary>
/// Goal: what docs/swap-the-broker.md says of each broker is what it does, now.
/// Method: one measurement per row, the same for all component types, against real servers; each cell of the table is a test.
/// </summary>
public sealed class ComplianceTests(RabbitFixture fixture)
{
    private static readonly string[] Columns = ["pubsub.in-memory", "pubsub.sqlite", "pubsub.redis", "pubsub.rabbitmq"];

    private static readonly Dictionary<string, (Func<BrokerUnderTest, Task<string>> Measure, bool IsEnded)> Rows = new(StringComparer.Ordinal)
    {
        ["order within a subject, while others are delivered meanwhile"] = (DeliveryRows.OrderOfOneSubjectAsync, false),
        ["a slow message holds back later ones of its subject"] = (DeliveryRows.SlowHoldsBackSameSubjectAsync, false),
        ["a slow message holds back other subjects"] = (DeliveryRows.SlowHoldsBackOthersAsync, false),
        ["a message that is retried holds back other subjects"] = (DeliveryRows.RetryHoldsBackOthersAsync, false),
        ["delivered again while the first delivery still runs"] = (DeliveryRows.AgainWhileRunningAsync, false),
        ["answer 500, no policy, no dead-letter topic"] = (b => DeliveryRows.FailureAsync(b, retries: null, deadLetters: false), false),
        ["answer 500, no policy, dead-letter topic"] = (b => DeliveryRows.FailureAsync(b, retries: null, deadLetters: true), false),
        ["answer 500, 3 retries, no dead-letter topic"] = (b => DeliveryRows.FailureAsync(b, retries: 3, deadLetters: false), false),
        ["answer 500, 3 retries, dead-letter topic"] = (b => DeliveryRows.FailureAsync(b, retries: 3, deadLetters: true), false),
        ["expired (`ttlInSeconds`) before the app was there"] = (DeliveryRows.ExpiredAsync, false),
        ["subscribed late: older messages of the topic"] = (GroupRows.LateAsync, false),
        ["published while the app is down"] = (GroupRows.AppDownAsync, false),
        ["two sidecars of one app share a topic"] = (GroupRows.CompetingAsync, false),
        ["what a sidecar held when it died"] = (GroupRows.DeadInstanceAsync, false),
        ["accepted, then the broker restarts"] = (b => OutageRows.SurvivesAsync(b, killed: false), true),
        ["accepted, then the broker is killed"] = (b => OutageRows.SurvivesAsync(b, killed: true), true),
        ["subscriptions after the broker's return"] = (OutageRows.ResumesAsync, true),
    };

    public static TheoryData<string, string> Cells()
    {
        var cells = new TheoryData<string, string>();
        foreach (var row in Rows.Keys)
        {
            foreach (var column in Columns)
            {
                cells.Add(row, column);
            }
        }
        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task a_cell_of_the_table_is_what_is_measured(string row, string column)
    {
        var (measure, isEnded) = Rows[row];
        await using var broker = await BrokerUnderTest.StartAsync(column, fixture, isEnded);

        var measured = await measure(broker);

        DocumentedTable.Cell(row, column).ShouldBe(measured);
    }

    [Fact]
    public void the_table_has_no_row_that_is_not_measured() => DocumentedTable.Rows().ShouldBe(Rows.Keys);
}
