using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Cli.Fuzz;

/// <summary>What came back.</summary>
/// <param name="Status">HTTP status of the first answer that is no 1xx; null where the door was closed without one.</param>
/// <param name="Text">The beginning of the answer.</param>
/// <param name="Hangs">True where there was neither an answer nor an end in time.</param>
/// <param name="IsAway">True where nobody listens.</param>
internal sealed record RawAnswer(int? Status, string Text, bool Hangs, bool IsAway)
{
    public static readonly RawAnswer Away = new(null, "", Hangs: false, IsAway: true);
}

/// <summary>Sends bytes over a connection of their own and reads what comes back.</summary>
internal static partial class RawExchange
{
    private const int ReadMax = 64 * 1024;

    // A request that is not whole is waited for, rightly; then the end of the bytes is told.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(45);

    public static async Task<RawAnswer> SendAsync(FuzzRequest request, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            // Closed by a reset: 100,000 connections must not use up the machine's ports.
            NoDelay = true, LingerState = new LingerOption(enable: true, seconds: 0),
        };
        var received = new MemoryStream();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Deadline);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, request.Target.Address.Port), limit.Token);
        }
        catch (SocketException)
        {
            return RawAnswer.Away;
        }

        try
        {
            var isGrpc = request.Target.Kind == TargetKind.SidecarGrpc;
            var reading = ReadAsync(socket, received, isGrpc, limit.Token);
            try
            {
                await socket.SendAsync(request.Bytes, limit.Token);
            }
            catch (SocketException)
            {
                // Refused before all of it was read; the answer, if any, tells why.
            }

            if (await Task.WhenAny(reading, Task.Delay(Patience, TimeProvider.System, limit.Token)) != reading)
            {
                socket.Shutdown(SocketShutdown.Send);
            }

            await reading;
        }
        catch (SocketException)
        {
            // Closed by the other side, which is an answer, too.
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new RawAnswer(null, Shown(received), Hangs: received.Length == 0, IsAway: false);
        }

        return new RawAnswer(StatusOf(request, received.ToArray()), Shown(received), Hangs: false, IsAway: false);
    }

    private static async Task ReadAsync(Socket socket, MemoryStream received, bool isGrpc, CancellationToken cancellation)
    {
        var buffer = new byte[8 * 1024];
        while (received.Length < ReadMax)
        {
            var read = await socket.ReceiveAsync(buffer, cancellation);
            received.Write(buffer, 0, read);
            if (read == 0 || (isGrpc && Http2Answer.IsComplete(received.GetBuffer().AsSpan(0, (int)received.Length))))
            {
                return;
            }
        }
    }

    private static int? StatusOf(FuzzRequest request, byte[] received) => request.Target.Kind == TargetKind.SidecarGrpc
        ? Http2Answer.StatusOf(received)
        : StatusLine().Matches(Encoding.Latin1.GetString(received)).Select(m => int.Parse(m.Groups["status"].Value)).Cast<int?>().FirstOrDefault(s => s >= 200);

    private static string Shown(MemoryStream received) => Encoding.Latin1.GetString(received.GetBuffer(), 0, (int)Math.Min(received.Length, 4096));

    [GeneratedRegex(@"^HTTP/1\.[01] (?<status>\d{3}) ", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex StatusLine();
}
