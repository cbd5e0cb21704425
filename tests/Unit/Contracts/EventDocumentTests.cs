using System.Reflection;
using System.Text.Json;
using Contracts.Events;
using YamlDotNet.RepresentationModel;

namespace Tests.Unit.Contracts;

/// <summary>Holds docs/events/asyncapi.yaml to the records that the services really publish.</summary>
public sealed class EventDocumentTests
{
    private static readonly YamlMappingNode Document = Read();

    public static TheoryData<string> Types => [.. Events().Select(e => e.Attribute.Type)];

    [Fact]
    public void the_document_describes_exactly_the_events_that_exist() =>
        Map(Document, "components", "messages").Children.Keys.Select(k => k.ToString()).Order()
            .ShouldBe(Events().Select(e => e.Attribute.Type).Order());

    [Theory]
    [MemberData(nameof(Types))]
    public void an_event_is_described_with_its_topic_and_its_fields(string type)
    {
        var (record, attribute) = Events().Single(e => e.Attribute.Type == type);

        Map(Document, "channels", attribute.Topic, "messages").Children.Keys.Select(k => k.ToString()).ShouldContain(type);
        var parts = (YamlSequenceNode)Map(Document, "components", "messages", type, "payload")["allOf"];
        Map(parts[1], "properties", "data", "properties").Children.Keys.Select(k => k.ToString())
            .ShouldBe(record.GetProperties().Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)), ignoreOrder: true);
    }

    private static IEnumerable<(Type Record, EventTypeAttribute Attribute)> Events() =>
        typeof(EventTypeAttribute).Assembly.GetTypes()
            .Select(t => (t, t.GetCustomAttribute<EventTypeAttribute>()!))
            .Where(e => e.Item2 is not null);

    private static YamlMappingNode Map(YamlNode node, params string[] path) =>
        path.Aggregate((YamlMappingNode)node, (map, key) => (YamlMappingNode)map[key]);

    private static YamlMappingNode Read()
    {
        using var reader = File.OpenText(RepoFiles.At("docs", "events", "asyncapi.yaml"));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }
}
