using System.Text.Json.Nodes;
using Google.Protobuf;
using Tests.Contract.Components.Redis;
using Tests.Contract.Hosting;
using Wire.Runtime;

namespace Tests.Contract.Runtime;

/// <summary>
/// Plays what the official .NET SDK asked a real daprd (state.redis, pubsub.redis) against the embedded sidecar: status, text, details and
/// answer are the recorded ones, but for those of Recorded/differences.json.
/// </summary>
public sealed class RecordedRuntimeTests(DaprFixture dapr, RedisFixture redis)
{
    private const string RedisType = "state.redis";

    private static readonly Uri AppAddress = new("http://127.0.0.1:28110");
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));

    public static TheoryData<string, string> Recordings
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var name in RecordedCall.Names)
            {
                data.Add(name, "state.sqlite");
                if (name is "state")
                {
                    data.Add(name, "state.in-memory");
                    data.Add(name, RedisType);
                }
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task answers_are_the_recorded_ones(string name, string storeType)
    {
        dapr.Embedded("the recordings are of components of their own");
        var calls = RecordedCall.Read(name, storeType);
        var needsToken = name.StartsWith("token-", StringComparison.Ordinal);
        await using var sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions
        {
            ApiToken = needsToken ? "s3cret" : null,
            App = new RecordedApp(calls, needsToken ? null : AppAddress),
            Brokers = SidecarOptions.OneBroker,
            Stores = new Dictionary<string, (string, Dictionary<string, string>)>(StringComparer.Ordinal)
            {
                ["statestore"] = (storeType, await MetadataAsync(storeType)),
            },
        });
        var etags = new SameEtags();
        foreach (var call in calls)
        {
            await (call.Http is null ? PlayAsync(sidecar, call, etags) : PlayHttpAsync(sidecar, call));
        }
    }

    private async Task<Dictionary<string, string>> MetadataAsync(string storeType) => storeType switch
    {
        RedisType => await redis.DatabaseAsync(),
        "state.sqlite" => new(StringComparer.OrdinalIgnoreCase) { ["connectionString"] = "state.db", ["actorStateStore"] = "true" },
        _ => new(StringComparer.OrdinalIgnoreCase),
    };

    private static async Task PlayAsync(EmbeddedSidecar sidecar, RecordedCall call, SameEtags etags)
    {
        var request = call.Request.DeepClone();
        etags.Translate(request);
        var reply = await RuntimeCaller.CallAsync(sidecar.Grpc.Address, call.Call!, request.ToJsonString(), call.Token);

        reply.Code.ShouldBe(call.Code, $"{call.Title}: {reply.Text}");
        if (call.Text.EndsWith('*'))
        {
            reply.Text.ShouldStartWith(call.Text[..^1], Case.Sensitive, call.Title);
        }
        else
        {
            reply.Text.ShouldBe(call.Text, call.Title);
        }
        CheckDetails(call, reply);
        if (call.Code == 0 && call.Response is { } recorded)
        {
            var found = ToJson(reply.Response!);
            var expected = ToJson((IMessage)reply.Response!.Descriptor.Parser.ParseJson(recorded.ToJsonString()));
            etags.Learn(expected, found, (string?)request["key"]);
            found.ToJsonString().ShouldBe(expected.ToJsonString(), call.Title);
        }
        if (call.IsRepeatedWithoutCondition)
        {
            foreach (var item in request["states"]!.AsArray())
            {
                item!.AsObject().Remove("etag");
                item.AsObject().Remove("options");
            }
            (await RuntimeCaller.CallAsync(sidecar.Grpc.Address, call.Call!, request.ToJsonString(), call.Token)).Code.ShouldBe(0, call.Title);
        }
    }

    private static void CheckDetails(RecordedCall call, RuntimeReply reply)
    {
        if (call.Details.Count == 0)
        {
            reply.Details.ShouldBeNull(call.Title);
            return;
        }
        reply.Details.ShouldNotBeNull(call.Title);
        (reply.Details.Code, reply.Details.Message).ShouldBe((reply.Code, reply.Text), call.Title);
        RecordedCall.Unpack(reply.Details).ShouldBe(call.Details, call.Title);
    }

    private static async Task PlayHttpAsync(EmbeddedSidecar sidecar, RecordedCall call)
    {
        var (method, path) = call.Http!.Split(' ', 2) is [var first, var second] ? (first, second) : default;
        var headers = new List<(string, string)>();
        if (call.Token is { } token)
        {
            headers.Add(("dapr-api-token", token));
        }
        if (call.ContentType is { } type)
        {
            headers.Add(("Content-Type", type));
        }
        var answer = await sidecar.Client.SendAsync(HttpMethod.Parse(method), path, call.Body, [.. headers]);

        (answer.Status, answer.Body).ShouldBe((call.HttpStatus, call.HttpAnswer), call.Title);
        foreach (var (name, value) in call.HttpHeaders)
        {
            answer.Headers.GetValueOrDefault(name).ShouldBe(value, $"{call.Title}: {name}");
        }
    }

    // Maps have no order on the wire, and times are this run's.
    private static JsonNode ToJson(IMessage message)
    {
        if (message is GetMetadataResponse metadata)
        {
            var extended = metadata.ExtendedMetadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal).ToList();
            metadata.ExtendedMetadata.Clear();
            extended.ForEach(pair => metadata.ExtendedMetadata.Add(pair.Key, pair.Value));
        }
        if (message is GetStateResponse state && state.Metadata.ContainsKey("ttlExpireTime"))
        {
            state.Metadata["ttlExpireTime"] = "some time";
        }
        if (message is GetBulkStateResponse bulk)
        {
            foreach (var item in bulk.Items.Where(static item => item.Metadata.ContainsKey("ttlExpireTime")))
            {
                item.Metadata["ttlExpireTime"] = "some time";
            }
        }
        return JsonNode.Parse(Formatter.Format(message))!;
    }
}
