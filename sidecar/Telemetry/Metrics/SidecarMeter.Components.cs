using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sidecar.Telemetry.Metrics;

// Source: Dapr 1.18.3, pkg/diagnostics/component_monitoring.go, and the component part of service_monitoring.go.
public sealed partial class SidecarMeter
{
    private Counter<long> _loaded = null!;
    private Counter<long> _initialized = null!;
    private Counter<long> _policiesLoaded = null!;
    private Counter<long> _egress = null!;
    private Histogram<double> _egressLatency = null!;
    private Counter<long> _bulkEgress = null!;
    private Counter<long> _bulkEgressEvents = null!;
    private Histogram<double> _bulkEgressLatency = null!;
    private Counter<long> _ingress = null!;
    private Histogram<double> _ingressLatency = null!;
    private Counter<long> _bulkIngress = null!;
    private Counter<long> _bulkIngressEvents = null!;
    private Histogram<double> _bulkIngressLatency = null!;
    private Counter<long> _state = null!;
    private Histogram<double> _stateLatency = null!;
    private Counter<long> _inputBindings = null!;
    private Histogram<double> _inputBindingLatency = null!;

    /// <summary>A component is ready.</summary>
    public void ComponentLoaded(string type)
    {
        _loaded.Add(1, new TagList { { "app_id", _appId } });
        _initialized.Add(1, Tags("component", type));
    }

    /// <summary>A resiliency file was read.</summary>
    public void PolicyLoaded(string name) => _policiesLoaded.Add(1, Tags("name", name, "namespace", Namespace));

    /// <summary>A message was published.</summary>
    public void Published(string component, string topic, bool success, TimeSpan elapsed)
    {
        var tags = TopicTags(component, topic, "success", Of(success));
        _egress.Add(1, tags);
        _egressLatency.Record(elapsed.TotalMilliseconds, tags);
    }

    /// <summary>Messages were published together: all, or none.</summary>
    public void BulkPublished(string component, string topic, bool success, int count, TimeSpan elapsed)
    {
        var tags = TopicTags(component, topic, "success", Of(success));
        _bulkEgress.Add(1, tags);
        _bulkEgressLatency.Record(elapsed.TotalMilliseconds, tags);
        if (success)
        {
            _bulkEgressEvents.Add(count, tags);
        }
    }

    /// <summary>A message was delivered.</summary>
    /// <param name="component">The broker.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="processed">What becomes of it: success, retry or drop.</param>
    /// <param name="status">How the app has put it: as <paramref name="processed"/>, or success where it has asked for a drop.</param>
    /// <param name="elapsed">How long the app took.</param>
    public void Delivered(string component, string topic, string processed, string status, TimeSpan elapsed)
    {
        var tags = TopicTags(component, topic, "process_status", processed);
        tags.Add("status", status);
        _ingress.Add(1, tags);
        _ingressLatency.Record(elapsed.TotalMilliseconds, tags);
    }

    /// <summary>Messages were delivered together.</summary>
    public void BulkDelivered(string component, string topic, TimeSpan elapsed)
    {
        var tags = TopicTags(component, topic, "process_status", "");
        _bulkIngress.Add(1, tags);
        _bulkIngressLatency.Record(elapsed.TotalMilliseconds, tags);
    }

    /// <summary>What became of the messages of a bulk delivery.</summary>
    public void BulkEntries(string component, string topic, string processed, int count)
    {
        if (count > 0)
        {
            _bulkIngressEvents.Add(count, TopicTags(component, topic, "process_status", processed));
        }
    }

    /// <summary>A state store has answered.</summary>
    public void StateInvoked(string component, string operation, bool success, TimeSpan elapsed)
    {
        var tags = ComponentTags(component);
        tags.Add("operation", operation);
        tags.Add("success", Of(success));
        _state.Add(1, tags);
        _stateLatency.Record(elapsed.TotalMilliseconds, tags);
    }

    /// <summary>The app was told of a binding's event.</summary>
    public void Triggered(string component, bool success, TimeSpan elapsed)
    {
        var tags = ComponentTags(component);
        tags.Add("success", Of(success));
        _inputBindings.Add(1, tags);
        _inputBindingLatency.Record(elapsed.TotalMilliseconds, tags);
    }

    private TagList ComponentTags(string component) => new() { { "app_id", _appId }, { "component", component }, { "namespace", Namespace } };

    private TagList TopicTags(string component, string topic, string key, string value)
    {
        var tags = ComponentTags(component);
        tags.Add(key, value);
        tags.Add("topic", topic);
        return tags;
    }

    private void CreateComponents()
    {
        _loaded = Count("dapr_runtime_component_loaded", "The number of successfully loaded components.");
        _initialized = Count("dapr_runtime_component_init_total", "The number of initialized components.");
        _policiesLoaded = Count("dapr_resiliency_loaded", "Number of resiliency policies loaded.");
        _egress = Count("dapr_component_pubsub_egress_count", "The number of outgoing messages published to the pub/sub component.");
        _egressLatency = Latency("dapr_component_pubsub_egress_latencies", "The latency of the response from the pub/sub component.");
        _bulkEgress = Count("dapr_component_pubsub_egress_bulk_count", "The number of bulk publish calls to the pub/sub component.");
        _bulkEgressEvents = Count(
            "dapr_component_pubsub_egress_bulk_event_count",
            "The number of outgoing messages to the pub/sub component published through bulk publish API.");
        _bulkEgressLatency = Latency(
            "dapr_component_pubsub_egress_bulk_latencies", "The latency of the response for the bulk publish call from the pub/sub component.");
        _ingress = Count("dapr_component_pubsub_ingress_count", "The number of incoming messages arriving from the pub/sub component.");
        _ingressLatency = Latency("dapr_component_pubsub_ingress_latencies", "The consuming app event processing latency.");
        _bulkIngress = Count(
            "dapr_component_pubsub_ingress_bulk_count", "The number of incoming bulk subscribe calls arriving from the bulk pub/sub component.");
        _bulkIngressEvents = Count(
            "dapr_component_pubsub_ingress_bulk_event_count",
            "Total number of incoming messages arriving from the bulk pub/sub component via Bulk Subscribe.");
        _bulkIngressLatency = Latency(
            "dapr_component_pubsub_ingress_bulk_latencies", "The consuming app event processing latency for the bulk pub/sub component.");
        _state = Count("dapr_component_state_count", "The number of operations performed on the state component.");
        _stateLatency = Latency("dapr_component_state_latencies", "The latency of the response from the state component.");
        _inputBindings = Count("dapr_component_input_binding_count", "The number of incoming events arriving from the input binding component.");
        _inputBindingLatency = Latency("dapr_component_input_binding_latencies", "The triggered app event processing latency.");
    }
}
