using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sidecar.Telemetry.Metrics;

// Source: Dapr 1.18.3, pkg/diagnostics/workflow_monitoring.go.
public sealed partial class SidecarMeter
{
    /// <summary>The statuses.</summary>
    public const string Success = "success", Failed = "failed", Terminated = "terminated";

    private Counter<long> _operations = null!;
    private Histogram<double> _operationLatency = null!;
    private Counter<long> _workflows = null!;
    private Histogram<double> _workflowLatency = null!;
    private Histogram<double> _scheduling = null!;
    private Counter<long> _activityRequests = null!;
    private Counter<long> _activities = null!;
    private Histogram<double> _activityLatency = null!;

    /// <summary>A client has asked for something: create_workflow, add_event, purge_workflow.</summary>
    public void WorkflowOperation(string operation, bool success, TimeSpan elapsed)
    {
        TagList tags = new()
        {
            { "app_id", _appId }, { "namespace", Namespace }, { "operation", operation }, { "status", success ? Success : Failed },
        };
        _operations.Add(1, tags);
        _operationLatency.Record(elapsed.TotalMilliseconds, tags);
    }

    /// <summary>A workflow has ended.</summary>
    public void WorkflowEnded(string name, string status, TimeSpan elapsed)
    {
        TagList tags = new() { { "app_id", _appId }, { "namespace", Namespace }, { "status", status }, { "workflow_name", name } };
        _workflows.Add(1, tags);
        _workflowLatency.Record(elapsed.TotalMilliseconds, tags);
    }

    /// <summary>A workflow has had its first turn.</summary>
    public void WorkflowScheduled(string name, TimeSpan elapsed) =>
        _scheduling.Record(Math.Max(0, elapsed.TotalMilliseconds), Tags("namespace", Namespace, "workflow_name", name));

    /// <summary>An activity is asked for.</summary>
    public void ActivityScheduled(string name) => _activityRequests.Add(1, ActivityTags(name, Success));

    /// <summary>An activity has ended.</summary>
    public void ActivityEnded(string name, bool success, TimeSpan? elapsed)
    {
        var tags = ActivityTags(name, success ? Success : Failed);
        _activities.Add(1, tags);
        if (elapsed is { } time)
        {
            _activityLatency.Record(time.TotalMilliseconds, tags);
        }
    }

    private TagList ActivityTags(string name, string status) =>
        new() { { "activity_name", name }, { "app_id", _appId }, { "namespace", Namespace }, { "status", status } };

    private void CreateWorkflows()
    {
        _operations = Count("dapr_runtime_workflow_operation_count", "The number of successful/failed workflow operation requests.");
        _operationLatency = Latency("dapr_runtime_workflow_operation_latency", "The latencies of responses for workflow operation requests.");
        _workflows = Count("dapr_runtime_workflow_execution_count", "The number of successful/failed/terminated/recoverable workflow executions.");
        _workflowLatency = Latency("dapr_runtime_workflow_execution_latency", "The total time taken to run workflow to completion.");
        _scheduling = Latency("dapr_runtime_workflow_scheduling_latency", "Interval between workflow execution request and workflow execution.");
        _activityRequests = Count("dapr_runtime_workflow_activity_operation_count", "The number of successful/failed activity operation requests.");
        _activities = Count("dapr_runtime_workflow_activity_execution_count", "The number of successful/failed/recoverable activity executions.");
        _activityLatency = Latency("dapr_runtime_workflow_activity_execution_latency", "The total time taken to run an activity to completion.");
    }
}
