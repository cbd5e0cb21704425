namespace Dapr.Workflow.Client;

/// <summary>How a workflow is started.</summary>
public sealed class StartWorkflowOptions
{
    /// <summary>Id of the instance; by default a new one.</summary>
    public string? InstanceId { get; set; }

    /// <summary>When it begins; by default now.</summary>
    public DateTimeOffset? StartAt { get; set; }
}

/// <summary>Makes <see cref="StartWorkflowOptions"/>.</summary>
public sealed class StartWorkflowOptionsBuilder
{
    private readonly StartWorkflowOptions options = new();

    /// <summary>Sets the id of the instance.</summary>
    /// <param name="instanceId">The id.</param>
    public StartWorkflowOptionsBuilder WithInstanceId(string instanceId)
    {
        options.InstanceId = instanceId;
        return this;
    }

    /// <summary>Sets when it begins.</summary>
    /// <param name="startAt">The time.</param>
    public StartWorkflowOptionsBuilder StartAt(DateTimeOffset startAt)
    {
        options.StartAt = startAt;
        return this;
    }

    /// <summary>Sets when it begins.</summary>
    /// <param name="delay">How long from now on.</param>
    public StartWorkflowOptionsBuilder StartAfter(TimeSpan delay) => StartAt(TimeProvider.System.GetUtcNow().Add(delay));

    /// <summary>Makes the options.</summary>
    public StartWorkflowOptions Build() => new() { InstanceId = options.InstanceId, StartAt = options.StartAt };

    /// <summary>Makes the options.</summary>
    /// <param name="builder">The builder.</param>
    public static implicit operator StartWorkflowOptions(StartWorkflowOptionsBuilder builder) => builder.Build();
}
