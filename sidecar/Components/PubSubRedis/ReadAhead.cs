using System.Threading.Channels;
using Sidecar.Components.Dispatch;

namespace Sidecar.Components.PubSubRedis;

/// <summary>How many more messages of a group may be read, and the wait for it while there are enough. Several loops may wait.</summary>
/// <param name="depth">Most messages that wait here for a consumer.</param>
internal sealed class ReadAhead(int depth)
{
    private readonly Channel<bool> _again = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>There may be room: who waits looks again.</summary>
    public void Signal() => _again.Writer.TryWrite(true);

    /// <summary>Completes, with the number of messages to ask for, when the dispatcher has room for them.</summary>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public async Task<int> WaitAsync(GroupDispatcher dispatcher, CancellationToken stop)
    {
        for (var hasWaited = false; ; hasWaited = true)
        {
            var room = Math.Min(depth - dispatcher.Waiting, StreamLimits.ReadMax);
            if (room > 0 && dispatcher.HasRoom)
            {
                if (hasWaited)
                {
                    Signal(); // the other loop may be waiting, too
                }
                return room;
            }
            await _again.Reader.ReadAsync(stop);
        }
    }
}
