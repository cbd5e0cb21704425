using Sidecar.PubSub.Scoping;
using Sidecar.Resources;

namespace Tests.Unit.Sidecar.PubSub;

/// <summary>Rules of dapr/dapr pkg/scopes and pkg/runtime/pubsub/adapter.go.</summary>
public sealed class TopicScopesTests
{
    [Theory]
    [InlineData("any", true)]
    public void without_scopes_everything_is_allowed(string topic, bool expected) =>
        Read().MayPublish(topic).ShouldBe(expected);

    [Theory]
    [InlineData("app-a", "one", true)]
    [InlineData("app-a", "two", true)]
    [InlineData("app-a", "three", false)]
    [InlineData("app-b", "one", false)] // an empty scope closes everything
    [InlineData("app-c", "three", true)] // no scope at all
    [InlineData("app-c", "One", true)]
    [InlineData("app-a", "One", false)] // topics compare with case
    public void a_scope_closes_what_it_does_not_name(string app, string topic, bool expected)
    {
        Read(app, ("publishingScopes", " app-a = one , two ; app-b=")).MayPublish(topic).ShouldBe(expected);
        Read(app, ("SUBSCRIPTIONscopes", "app-a=one,two;app-b=;")).MaySubscribe(topic).ShouldBe(expected);
    }

    [Fact]
    public void publishing_and_subscription_scopes_are_apart()
    {
        var scopes = Read("app-a", ("publishingScopes", "app-a=one"));

        scopes.MayPublish("two").ShouldBeFalse();
        scopes.MaySubscribe("two").ShouldBeTrue();
    }

    [Theory]
    [InlineData("app-a", "secret", true)]
    [InlineData("app-b", "secret", false)]
    [InlineData("app-c", "secret", false)]
    [InlineData("app-c", "other", true)]
    public void a_protected_topic_needs_a_scope_that_names_it(string app, string topic, bool expected) =>
        Read(app, ("protectedTopics", "secret"), ("subscriptionScopes", "app-a=secret;app-b=other")).MaySubscribe(topic).ShouldBe(expected);

    [Theory]
    [InlineData("app-a", "one", true)]
    [InlineData("app-a", "two", false)]
    [InlineData("app-b", "one", true)]
    public void what_is_not_among_the_allowed_topics_is_closed_even_with_a_scope(string app, string topic, bool expected) =>
        Read(app, ("allowedTopics", "one, three"), ("publishingScopes", "app-a=one,two")).MayPublish(topic).ShouldBe(expected);

    [Theory]
    [InlineData("orders")]
    [InlineData("=one")]
    [InlineData("app-a=one=two")]
    public void a_malformed_scope_is_refused_with_file_and_field(string value) =>
        Should.Throw<ResourceException>(() => Read("app-a", ("publishingScopes", value))).Message
            .ShouldStartWith($"pubsub.yaml: spec.metadata[publishingScopes]: '{value}' does not say");

    private static TopicScopes Read(string app = "app-a", params ReadOnlySpan<(string Name, string Value)> metadata)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in metadata)
        {
            values[name] = value;
        }
        return TopicScopes.Read(new Component("pubsub", "pubsub.any", "v1", values, [], "pubsub.yaml"), app);
    }
}
