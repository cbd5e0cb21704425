using Sidecar.Resources;

namespace Tests.Unit.Sidecar.Resources;

public sealed class ConfigurationFileTests : IDisposable
{
    private readonly ResourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("spec: {tracing: {samplingRate: \"0.5\", stdout: false}}", 0.5)]
    [InlineData("spec: {tracing: {samplingRate: 1}}", 1.0)]
    [InlineData("spec: {tracing: {stdout: false}}", 1.0)]
    [InlineData("spec: {tracing: {samplingRate: \"0\"}}", 0.0)]
    [InlineData("spec: {}", null)]
    [InlineData("", null)]
    public void the_sampling_rate_is_read(string spec, double? rate) => (Read(spec).Tracing?.SamplingRate).ShouldBe(rate);

    [Fact]
    public void where_spans_go_is_read()
    {
        var tracing = Read("spec: {tracing: {stdout: true, zipkin: {endpointAddress: 'http://localhost:9411/api/v2/spans'}, "
            + "otel: {endpointAddress: 'collector:4318', protocol: http, isSecure: false, timeout: 5s, headers: [{name: x-key, value: secret}]}}}").Tracing.ShouldNotBeNull();

        (tracing.Stdout, tracing.Zipkin).ShouldBe((true, new Uri("http://localhost:9411/api/v2/spans")));
        var otel = tracing.Otel.ShouldNotBeNull();
        (otel.EndpointAddress, otel.Protocol, otel.IsSecure, otel.Timeout).ShouldBe(("collector:4318", OtelProtocol.Http, false, TimeSpan.FromSeconds(5)));
        otel.Headers.ShouldBe([new("x-key", "secret")]);
    }

    [Theory]
    [InlineData("spec: {tracing: {zipkin: {endpointAddress: ''}, otel: {endpointAddress: '', protocol: grpc}}}")]
    [InlineData("spec: {tracing: {}}")]
    public void without_an_address_spans_go_nowhere(string spec) =>
        Read(spec).Tracing.ShouldNotBeNull().ShouldSatisfyAllConditions(t => t.Zipkin.ShouldBeNull(), t => t.Otel.ShouldBeNull());

    [Fact]
    public void how_long_finished_workflows_are_kept_is_read() =>
        Read("spec: {workflow: {stateRetentionPolicy: {anyTerminal: \"8760h\", completed: 0s, failed: 1h30m, terminated: '720h'}}}")
            .WorkflowRetention.ShouldBe(new WorkflowRetentionPolicy(
                TimeSpan.FromDays(365), TimeSpan.Zero, TimeSpan.FromMinutes(90), TimeSpan.FromDays(30)));

    [Theory]
    [InlineData("spec: {workflow: {stateRetentionPolicy: {failed: 1h}}}", 1)]
    [InlineData("spec: {workflow: {stateRetentionPolicy: {}}}", null)]
    public void what_has_no_time_is_kept_for_ever(string spec, int? failedHours) => Read(spec).WorkflowRetention.ShouldBe(
        new WorkflowRetentionPolicy(null, null, failedHours is { } hours ? TimeSpan.FromHours(hours) : null, null));

    [Theory]
    [InlineData("spec: {workflow: {}}")]
    [InlineData("spec: {workflow: {stateRetentionPolicy: }}")]
    [InlineData("spec: {}")]
    public void without_a_policy_there_is_none(string spec) => Read(spec).WorkflowRetention.ShouldBeNull();

    [Theory]
    [InlineData("spec: {tracing: {samplingRate: \"2\"}}", "spec.tracing.samplingRate: '2' is not a fraction", "from 0 (none) to 1 (all)")]
    [InlineData("spec: {tracing: {samplingRate: often}}", "spec.tracing.samplingRate: 'often' is not a fraction", "Write a number")]
    [InlineData("spec: {tracing: {stdout: yes please}}", "spec.tracing.stdout: 'yes please' is not a boolean", "Write true or false")]
    [InlineData("spec: {tracing: {otel: {endpointAddress: 'localhost:4317'}}}", "spec.tracing.otel.protocol: is missing", "protocol: grpc")]
    [InlineData("spec: {tracing: {otel: {endpointAddress: 'localhost:4317', protocol: udp}}}", "spec.tracing.otel.protocol: 'udp' is not supported", "grpc, http")]
    [InlineData("spec: {tracing: {otel: {endpointAddress: 'http://localhost:4317', protocol: grpc}}}", "spec.tracing.otel.endpointAddress: 'http://localhost:4317' is not a host and port", "localhost:4317")]
    [InlineData("spec: {tracing: {otel: {endpointAddress: 'a:1', protocol: grpc, timeout: soon}}}", "spec.tracing.otel.timeout: 'soon' is not a duration", "5s")]
    [InlineData("spec: {tracing: {otel: {endpointAddress: 'a:1', protocol: grpc, headers: [{name: k}]}}}", "spec.tracing.otel.headers[0].value: is missing", "value")]
    [InlineData("spec: {tracing: {otel: {endpointAddress: 'a:1', protocol: grpc, headers: [{name: k, secretKeyRef: {name: s}}]}}}", "spec.tracing.otel.headers[0].secretKeyRef: is not supported", "value itself")]
    [InlineData("spec: {tracing: {zipkin: {endpointAddress: 'localhost:9411'}}}", "spec.tracing.zipkin.endpointAddress: 'localhost:9411' is not an address", "http://localhost:9411/api/v2/spans")]
    [InlineData("spec: {tracing: {zipkin: {endpoint: 'http://localhost:9411'}}}", "spec.tracing.zipkin.endpoint: is unknown", "endpointAddress")]
    [InlineData("spec: {accessControl: {defaultAction: maybe}}", "spec.accessControl.defaultAction: 'maybe' is not supported", "allow, deny")]
    [InlineData("spec: {accessControl: {policies: [{appId: a, trustDomain: public}]}}", "spec.accessControl.policies[0].namespace: is missing", "namespace: default")]
    [InlineData("spec: {accessControl: {policies: [{appId: a, namespace: n}]}}", "spec.accessControl.policies[0].trustDomain: is missing", "trustDomain: public")]
    [InlineData("spec: {accessControl: {policies: [{namespace: n, trustDomain: t}]}}", "spec.accessControl.policies[0].appId: is missing", "appId: gateway")]
    [InlineData("spec: {accessControl: {policies: [{appId: a, namespace: n, trustDomain: t, operations: [{name: /x, action: allow}]}]}}", "operations[0].httpVerb: is missing", "['*'] for all")]
    [InlineData("spec: {accessControl: {policies: [{appId: a, namespace: n, trustDomain: t, operations: [{name: /x, httpVerb: [get], action: allow}]}]}}", "operations[0].httpVerb: 'get' matches no call", "capitals")]
    [InlineData("spec: {accessControl: {policies: [{appId: a, namespace: n, trustDomain: t, operations: [{name: /x, httpVerb: [GET]}]}]}}", "operations[0].action: is missing", "allow or deny")]
    [InlineData("spec: {accessControl: {policy: []}}", "spec.accessControl.policy: is unknown", "policies")]
    [InlineData("spec: {mtls: {enabled: true}}", "spec.mtls: is not supported", "only spec.tracing")]
    [InlineData("spec: {tracing: {sampling: \"1\"}}", "spec.tracing.sampling: is unknown", "samplingRate")]
    [InlineData("spec: {workflow: {stateRetentionPolicy: {completed: 5}}}", "spec.workflow.stateRetentionPolicy.completed: '5' is not a duration", "such as 0s, 90m or 720h")]
    [InlineData("spec: {workflow: {stateRetentionPolicy: {failed: -1h}}}", "spec.workflow.stateRetentionPolicy.failed: '-1h' is not a duration", "such as 0s")]
    [InlineData("spec: {workflow: {stateRetentionPolicy: {anyTerminal: 30d}}}", "spec.workflow.stateRetentionPolicy.anyTerminal: '30d' is not a duration", "720h")]
    [InlineData("spec: {workflow: {stateRetentionPolicy: {terminated: 9999999h}}}", "spec.workflow.stateRetentionPolicy.terminated: '9999999h' is not", "720h")]
    [InlineData("spec: {workflow: {stateRetentionPolicy: {canceled: 1h}}}", "spec.workflow.stateRetentionPolicy.canceled: is unknown", "anyTerminal, completed")]
    [InlineData("spec: {workflow: {stateRetentionPolicy: 1h}}", "spec.workflow.stateRetentionPolicy: is not a map", "Write fields below it")]
    [InlineData("spec: {workflow: {maxConcurrentWorkflowInvocations: 5}}", "spec.workflow.maxConcurrentWorkflowInvocations: is not supported", "only stateRetentionPolicy")]
    public void what_is_not_supported_is_refused_by_name(string spec, string problem, string remedy)
    {
        var error = Should.Throw<ResourceException>(() => Read(spec)).Message;

        error.ShouldContain("config.yaml: ");
        error.ShouldContain(problem);
        error.ShouldContain(remedy);
    }

    [Theory]
    [InlineData("spec: {accessControl: {}}", null)]
    [InlineData("spec: {accessControl: {defaultAction: Allow}}", true)]
    [InlineData("spec: {accessControl: {trustDomain: own}}", true)]
    [InlineData("spec: {accessControl: {policies: [{appId: a, namespace: n, trustDomain: t}]}}", false)]
    public void without_a_default_action_policies_close_what_they_do_not_name(string spec, bool? allows) =>
        (Read(spec).AccessControl?.Allows).ShouldBe(allows);

    [Fact]
    public void of_several_files_the_last_that_has_a_section_holds()
    {
        var both = Read("spec: {tracing: {samplingRate: '0.5'}}").With(Read("spec: {accessControl: {defaultAction: deny}}"));

        both.Tracing.ShouldNotBeNull().SamplingRate.ShouldBe(0.5);
        both.AccessControl.ShouldNotBeNull().Allows.ShouldBeFalse();
    }

    [Fact]
    public void a_configuration_among_the_resources_is_checked_too()
    {
        _folder.With("config.yaml", Text("spec: {tracing: {samplingRate: \"7\"}}")).Error().ShouldContain(
            "spec.tracing.samplingRate");
    }

    [Fact]
    public void a_file_of_another_kind_is_no_configuration()
    {
        _folder.With("config.yaml", "{apiVersion: dapr.io/v1alpha1, kind: Component, metadata: {name: x}}");

        Should.Throw<ResourceException>(() => ConfigurationReader.ReadFile(Path.Combine(_folder.Path, "config.yaml")))
            .Message.ShouldContain("kind: 'Component' is not a configuration");
    }

    private static string Text(string spec) => $$"""
        apiVersion: dapr.io/v1alpha1
        kind: Configuration
        metadata: {name: configuration}
        {{spec}}
        """;

    private ConfigurationResource Read(string spec)
    {
        _folder.With("config.yaml", Text(spec));
        return ConfigurationReader.ReadFile(Path.Combine(_folder.Path, "config.yaml"));
    }
}
