using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sidecar.Components;
using Sidecar.Faults;
using Sidecar.Hosting;
using Sidecar.PubSub;
using Sidecar.Resiliency;
using Sidecar.Telemetry;

namespace Tests.Unit.Sidecar.PubSub;

/// <summary>A publisher of app <c>app-c</c> on a broker that keeps what it is given, at a fixed time.</summary>
internal sealed class PublisherFixture
{
    public const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    public static readonly DateTimeOffset Now = new(2026, 11, 20, 10, 7, 49, TimeSpan.Zero);

    private static readonly Dictionary<string, string> NoMetadata = [];
    private readonly KeepingBroker _broker = new();

    public PublisherFixture(IFaults? faults = null)
    {
        var time = new FakeTimeProvider(Now);
        Publisher = new Publisher(new AppRuntime
        {
            AppId = "app-c",
            App = new AppChannel("app-c", null, null),
            Apps = new AppDirectory([]),
            Components = [],
            PubSubs = new Dictionary<string, IPubSub> { ["pubsub"] = _broker },
            StateStores = new Dictionary<string, IStateStore>(),
            Subscriptions = [],
            Policies = new Policies([], [], time, new Random(1), NullLoggerFactory.Instance),
            TracingSamplingRate = null,
            Faults = faults ?? NoFaults.Instance,
            Time = time,
            Loggers = NullLoggerFactory.Instance,
        });
    }

    public Publisher Publisher { get; }

    public List<NewMessage> Messages => _broker.Messages;

    /// <summary>Makes the broker fail.</summary>
    public void Break(string problem) => _broker.Problem = problem;

    public Task<PublishResult> PublishAsync(
        string body, string? contentType, Dictionary<string, string>? metadata = null, TraceContext? trace = null,
        string pubsub = "pubsub", string topic = "plain") =>
        PublishAsync(Encoding.UTF8.GetBytes(body), contentType, metadata, trace, pubsub, topic);

    public Task<PublishResult> PublishAsync(
        byte[] body, string? contentType, Dictionary<string, string>? metadata = null, TraceContext? trace = null,
        string pubsub = "pubsub", string topic = "plain") =>
        Publisher.PublishAsync(pubsub, topic, body, contentType, metadata ?? NoMetadata, trace ?? TraceContext.None, CancellationToken.None);

    public Task<BulkPublishResult> BulkAsync(string body, Dictionary<string, string>? metadata = null) =>
        Publisher.BulkPublishAsync(
            "pubsub", "plain", Encoding.UTF8.GetBytes(body), metadata ?? NoMetadata, "/v1.0/publish/bulk/pubsub/plain", TraceContext.None, CancellationToken.None);

    /// <summary>What was stored, with the random id replaced by ID.</summary>
    public string Envelope(int index = 0)
    {
        var text = Encoding.UTF8.GetString(Messages[index].Data.Span);
        return System.Text.RegularExpressions.Regex.Replace(
            text, "\"id\":\"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\"", "\"id\":\"ID\"");
    }

    private sealed class KeepingBroker : IPubSub
    {
        public List<NewMessage> Messages { get; } = [];

        public string? Problem { get; set; }

        public Task PublishAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken)
        {
            if (Problem is not null)
            {
                throw new InvalidOperationException(Problem);
            }
            Messages.AddRange(messages);
            return Task.CompletedTask;
        }

        public Task<IAsyncDisposable> SubscribeAsync(ConsumerOptions options, MessageHandler handler, CancellationToken cancellationToken) =>
            throw new NotSupportedException("Only publishing is tested here.");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
