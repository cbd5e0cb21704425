using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Components.Dispatch;
using Sidecar.Components.PubSubRedis;

namespace Tests.Unit.Sidecar.Components.Redis;

public sealed class ReadAheadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task who_waits_while_few_but_large_messages_fill_the_memory_sleeps_until_they_are_taken()
    {
        var ahead = new ReadAhead(depth: 100);
        var group = new GroupDispatcher(TimeProvider.System, NullLogger.Instance, static _ => { }, ahead.Signal);
        var release = new TaskCompletionSource();
        await using var consumer = group.Attach(new ConsumerOptions("g", "t", 1, 1), async (batch, _) =>
        {
            await release.Task;
            batch.Settle(0, done: true);
        });
        group.Add([Message(1, 1)]); // it is under way: there was room, and nobody waited to be told so
        group.Add([.. Enumerable.Range(2, 3).Select(id => Message(id, (int)(DispatchLimits.WaitingBytesMax / 2)))]);
        using var stop = new CancellationTokenSource();

        // A wait that turned round and round would never give its thread back.
        var begun = Task.Factory.StartNew(() => ahead.WaitAsync(group, stop.Token), TaskCreationOptions.LongRunning);
        try
        {
            var wait = await begun.WaitAsync(Patience);

            wait.IsCompleted.ShouldBeFalse();
            release.SetResult();
            (await wait.WaitAsync(Patience)).ShouldBeInRange(1, 100);
        }
        finally
        {
            release.TrySetResult();
            await stop.CancelAsync();
        }
    }

    [Fact]
    public async Task all_who_wait_are_told_of_the_room()
    {
        var ahead = new ReadAhead(depth: 1);
        var group = new GroupDispatcher(TimeProvider.System, NullLogger.Instance, static _ => { }, ahead.Signal);
        group.Add([Message(1, 1)]);
        Task<int>[] waits = [ahead.WaitAsync(group, default), ahead.WaitAsync(group, default)];

        await using var consumer = group.Attach(new ConsumerOptions("g", "t", 1, 1), static (batch, _) =>
        {
            batch.Settle(0, done: true);
            return Task.CompletedTask;
        });

        (await Task.WhenAll(waits).WaitAsync(Patience)).ShouldBe([1, 1]);
    }

    private static DeliveredMessage Message(long id, int bytes) => new(id, "t", new byte[bytes], new Dictionary<string, string>());
}
