using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Hosting;

namespace Tests.Unit.Sidecar.Components;

public sealed class TemporaryTopicsTests
{
    [Fact]
    public async Task only_what_bears_the_prefix_is_deleted_a_queue_with_a_name_of_its_own_included()
    {
        var broker = new KeptCalls();
        await using (var topics = new TemporaryTopics(broker, "run1.", NullLoggerFactory.Instance))
        {
            await topics.PublishAsync([new NewMessage("orders", default, new Dictionary<string, string>())], default);
            await topics.SubscribeAsync(Consumer("shared"), static (_, _) => Task.CompletedTask, default);
        }

        broker.Topics.ShouldBe(["run1.orders", "run1.invoices"], ignoreOrder: true);
        broker.Consumers.Select(c => c.Topic).ShouldBe(["run1.invoices"]);
        broker.Consumers[0].Metadata.ShouldBe(new Dictionary<string, string> { ["queuename"] = "run1.shared", ["routingKey"] = "k" }, ignoreOrder: true);
    }

    [Fact]
    public async Task an_empty_prefix_is_refused_because_it_would_delete_the_topics_of_others()
    {
        var options = new HostOptions("no.yaml", [], DataDirectory: null) { TopicPrefix = "" };

        var refused = await Should.ThrowAsync<StartupException>(() => SidecarHost.StartAsync(options, CancellationToken.None));

        refused.Message.ShouldStartWith("--topic-prefix is empty");
    }

    private static ConsumerOptions Consumer(string queue) => new("g", "invoices", 1, 1)
    {
        Metadata = new Dictionary<string, string> { ["queuename"] = queue, ["routingKey"] = "k" },
    };

    private sealed class KeptCalls : IPubSub, IDeletesTopics
    {
        public IReadOnlyCollection<string> Topics { get; private set; } = [];

        public IReadOnlyList<ConsumerOptions> Consumers { get; private set; } = [];

        public Task PublishAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<IAsyncDisposable> SubscribeAsync(ConsumerOptions options, MessageHandler handler, CancellationToken cancellationToken) =>
            Task.FromResult<IAsyncDisposable>(this);

        public Task DeleteAsync(
            IReadOnlyCollection<string> topics, IReadOnlyCollection<ConsumerOptions> consumers, CancellationToken cancellationToken)
        {
            (Topics, Consumers) = (topics, [.. consumers]);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
