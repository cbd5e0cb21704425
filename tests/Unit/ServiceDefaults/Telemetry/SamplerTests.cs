using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Trace;
using ServiceDefaults.Telemetry;

namespace Tests.Unit.ServiceDefaults.Telemetry;

public sealed class SamplerTests
{
    private static readonly ActivityContext Recorded = new(
        ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);

    private static readonly ActivityContext Unrecorded = new(
        ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None, isRemote: true);

    private readonly FakeTimeProvider time = new();

    [Fact]
    public void a_second_s_worth_may_come_at_once_and_then_as_many_a_second_however_many_ask()
    {
        var sampler = new RateLimitingSampler(10, time);

        Taken(sampler, 1000).ShouldBe(10);
        time.Advance(TimeSpan.FromMilliseconds(500));
        Taken(sampler, 1000).ShouldBe(5);
        time.Advance(TimeSpan.FromHours(1));
        Taken(sampler, 1000).ShouldBe(10, "what nobody took is not saved up");
    }

    [Fact]
    public void reads_and_rounds_leave_half_of_it_to_writes()
    {
        var sampler = new RateLimitingSampler(10, time);

        Taken(sampler, 1000, "GET").ShouldBe(5);
        Taken(sampler, 1000, "POST").ShouldBe(5);
        time.Advance(TimeSpan.FromMilliseconds(600));
        Taken(sampler, 1000, ActivityKind.Internal).ShouldBe(1);
    }

    [Theory]
    [InlineData(0.1, 1)]
    [InlineData(0, 0)]
    public void fewer_than_one_a_second_can_be_asked_for(double perSecond, int taken)
    {
        var sampler = new RateLimitingSampler(perSecond, time);

        Taken(sampler, 10).ShouldBe(taken);
        time.Advance(TimeSpan.FromSeconds(10));
        Taken(sampler, 10, "GET").ShouldBe(taken);
    }

    [Fact]
    public void whoever_goes_on_with_a_trace_keeps_its_decision_without_asking_the_rate()
    {
        var sampler = Own(isPublic: false);

        Enumerable.Range(0, 100).Count(_ => IsTaken(sampler, "POST", "/orders", Recorded)).ShouldBe(100);
        IsTaken(sampler, "POST", "/orders", Unrecorded).ShouldBeFalse();
        Enumerable.Range(0, 100).Count(_ => IsTaken(sampler, "POST", "/orders")).ShouldBe(10);
    }

    [Fact]
    public void at_the_public_door_those_who_ask_for_a_trace_get_it_at_a_rate_of_their_own()
    {
        var sampler = Own(isPublic: true);

        Enumerable.Range(0, 100).Count(_ => IsTaken(sampler, "POST", "/orders", Recorded)).ShouldBe(10);
        Enumerable.Range(0, 100).Count(_ => IsTaken(sampler, "POST", "/orders")).ShouldBe(10);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/livez")]
    [InlineData("/metrics")]
    [InlineData("/dapr/subscribe")]
    [InlineData("/openapi/v1.json")]
    public void probes_are_never_traced_whoever_asks(string path)
    {
        IsTaken(Own(isPublic: false), "GET", path).ShouldBeFalse();
        IsTaken(Own(isPublic: false), "GET", path, Recorded).ShouldBeFalse();
        IsTaken(Of(("OTEL_TRACES_SAMPLER", "always_on")), "GET", path).ShouldBeFalse();
    }

    [Fact]
    public void a_call_that_belongs_to_nothing_begins_no_trace()
    {
        var call = new SamplingParameters(default, ActivityTraceId.CreateRandom(), "GET", ActivityKind.Client);

        Own(isPublic: false).ShouldSample(call).Decision.ShouldBe(SamplingDecision.Drop);
        Of(("OTEL_TRACES_SAMPLER", "always_on")).ShouldSample(call).Decision.ShouldBe(SamplingDecision.RecordAndSample, "that says all");
    }

    [Theory]
    [InlineData("always_off", null, false, false)]
    [InlineData("always_on", null, true, true)]
    [InlineData("parentbased_always_off", null, false, true)]
    [InlineData("parentbased_always_on", null, true, true)]
    [InlineData("traceidratio", "0", false, false)]
    [InlineData("parentbased_traceidratio", "0", false, true)]
    [InlineData("parentbased_traceidratio", "1", true, true)]
    [InlineData("parentbased_ratelimiting", "0", false, true)]
    public void a_standard_sampler_wins(string name, string? argument, bool root, bool child)
    {
        var sampler = Of(("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", argument));

        (IsTaken(sampler, "POST", "/orders"), IsTaken(sampler, "POST", "/orders", Recorded)).ShouldBe((root, child));
    }

    private static int Taken(Sampler sampler, int asked, string method = "POST") =>
        Enumerable.Range(0, asked).Count(_ => IsTaken(sampler, method, "/orders"));

    private static int Taken(Sampler sampler, int asked, ActivityKind kind)
    {
        var round = new SamplingParameters(default, ActivityTraceId.CreateRandom(), "round", kind);
        return Enumerable.Range(0, asked).Count(_ => sampler.ShouldSample(round).Decision == SamplingDecision.RecordAndSample);
    }

    private static bool IsTaken(Sampler sampler, string method, string path, ActivityContext parent = default) =>
        sampler.ShouldSample(new SamplingParameters(
            parent, parent == default ? ActivityTraceId.CreateRandom() : parent.TraceId, "request", ActivityKind.Server,
            [new("http.request.method", method), new("url.path", path)])).Decision == SamplingDecision.RecordAndSample;

    private Sampler Own(bool isPublic) => Settings().CreateSampler(isPublic, time);

    private Sampler Of(params (string Name, string? Value)[] variables) => Settings(variables).CreateSampler(isPublic: false, time);

    private static TelemetrySettings Settings(params (string Name, string? Value)[] variables) => TelemetrySettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(variables.Select(v => KeyValuePair.Create(v.Name, v.Value))).Build());
}
