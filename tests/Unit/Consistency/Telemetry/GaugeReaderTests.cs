using Consistency.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tests.Unit.Consistency.Telemetry;

public sealed class GaugeReaderTests : IAsyncDisposable
{
    private const string Up = "consistency.gauges.up{} 1";
    private const string Down = "consistency.gauges.up{} 0";
    private const string Error = "consistency.gauges.errors{} 1";
    private const string Depth = "consistency.outbox.depth{} 5";
    private const string Age = "consistency.outbox.age{} 7.5";

    private readonly KernelFixture kernel = new();
    private readonly Metered metered = new();
    private readonly Source source = new();

    public async ValueTask DisposeAsync()
    {
        source.Go.Set();
        metered.Dispose();
        await kernel.DisposeAsync();
        source.Go.Dispose();
    }

    [Fact]
    public void a_scrape_reads_all_gauges_at_once_and_the_next_one_reads_anew()
    {
        Start();

        Observe().ShouldBe([Up, Depth, Age], ignoreOrder: true);
        source.Readings.ShouldBe(1);
        kernel.Time.Advance(TimeSpan.FromSeconds(1));
        metered.Observe();

        source.Readings.ShouldBe(2);
    }

    [Fact]
    public void a_database_that_cannot_be_read_leaves_its_gauges_out_until_it_can()
    {
        Start();
        source.Fails = true;

        Observe().ShouldBe([Down, Error], ignoreOrder: true, "one failure, however many gauges ask");
        source.Fails = false;
        kernel.Time.Advance(TimeSpan.FromSeconds(1));

        Observe().ShouldBe([Up, Depth, Age], ignoreOrder: true);
    }

    [Fact]
    public void a_table_that_is_gone_fails_no_scrape()
    {
        var process = kernel.Start();
        _ = new GaugeReader<TallyDb>(
            metered.Meter, process.Database, [new DeadLetterGauges<TallyDb>()], kernel.Time, NullLogger<GaugeReader<TallyDb>>.Instance);
        using (var connection = process.Database.Open())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "DROP TABLE dead_letter";
            command.ExecuteNonQuery();
        }

        Observe().ShouldBe([Down, Error], ignoreOrder: true);
    }

    [Fact]
    public async Task a_database_that_hangs_holds_no_scrape_up_and_is_asked_once()
    {
        Start();
        source.Go.Reset();

        var first = await Task.Run(Observe).WaitAsync(TimeSpan.FromSeconds(20));
        kernel.Time.Advance(TimeSpan.FromSeconds(15));
        var second = await Task.Run(Observe).WaitAsync(TimeSpan.FromSeconds(20));

        first.ShouldBe([Down, Error], ignoreOrder: true);
        second.ShouldBe([Down, Error], ignoreOrder: true);
        source.Readings.ShouldBe(1);
        source.Go.Set();
        await Eventually.HoldsAsync(() =>
        {
            kernel.Time.Advance(TimeSpan.FromSeconds(15));
            return metered.Observe().Contains(Depth);
        });
    }

    [Fact]
    public async Task reading_goes_on_beside_a_writer_and_does_not_hold_it_up()
    {
        var process = kernel.Start();
        Start(process);
        using var other = process.Database.Open();
        Run(other, "BEGIN IMMEDIATE");
        Run(other, "INSERT INTO probe (id, at) VALUES (1, 1)");

        metered.Observe().ShouldContain(Depth, "a writer is in the middle of its transaction");
        source.Go.Reset();
        var scrape = Task.Run(Observe);
        kernel.Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.HoldsAsync(() => source.Readings == 2 || scrape.IsCompleted);
        Run(other, "COMMIT");

        source.Go.Set();
        await scrape;
    }

    // Without the count that only says that there were none.
    private IReadOnlyList<string> Observe() => [.. metered.Observe().Where(m => m != "consistency.gauges.errors{} 0")];

    private static void Run(System.Data.Common.DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void Start(KernelFixture.Process? process = null) => _ = new GaugeReader<TallyDb>(
        metered.Meter, (process ?? kernel.Start()).Database, [source], kernel.Time, NullLogger<GaugeReader<TallyDb>>.Instance);

    private sealed class Source : IGaugeSource<TallyDb>
    {
        private int readings;

        public ManualResetEventSlim Go { get; } = new(initialState: true);

        public bool Fails { get; set; }

        public int Readings => Volatile.Read(ref readings);

        public IReadOnlyList<Gauge> Reads { get; } = [Gauges.OutboxDepth, Gauges.OutboxAge];

        public void Read(TallyDb db, DateTimeOffset now, GaugeValues values)
        {
            Interlocked.Increment(ref readings);
            _ = db.Tallies.AsNoTracking().Count();
            Go.Wait();
            if (Fails)
            {
                throw new IOException("the disk is away");
            }

            values.Set(Gauges.OutboxDepth, 5);
            values.SetAge(Gauges.OutboxAge, now, now.ToUnixTimeMilliseconds() - 7500);
        }
    }
}
