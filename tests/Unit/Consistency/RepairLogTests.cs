using Consistency;
using Consistency.Repairs;
using Consistency.Retention;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tests.Unit.Consistency;

public sealed class RepairLogTests : IAsyncDisposable
{
    private readonly KernelFixture kernel = new();

    public ValueTask DisposeAsync() => kernel.DisposeAsync();

    [Fact]
    public async Task what_was_repaired_long_ago_is_trimmed_and_still_counted()
    {
        var process = kernel.Start();
        await RepairAsync(process, "old");
        kernel.Time.Advance(Limits.RepairRetention + TimeSpan.FromSeconds(1));
        await RepairAsync(process, "fresh");

        await new Trimmer<TallyDb>(process.Writes, kernel.Time, NullLogger<Trimmer<TallyDb>>.Instance).TrimAsync(CancellationToken.None);

        process.Database.Repairs(after: 0, size: 10).Items.Single().Key.ShouldBe("fresh");
        process.Database.RepairCount().ShouldBe(2);
    }

    private Task<bool> RepairAsync(KernelFixture.Process process, string key) => process.Writes.ExecuteAsync(work =>
    {
        RepairLog.Record(work, "tally", key, pattern: null, "it differed", "healed", kernel.Time.GetUtcNow());
        return true;
    });
}
