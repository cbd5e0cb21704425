namespace Dapr.Workflow.Abstractions.Attributes;

/// <summary>
/// Marks a workflow for the official package's source generator, which registers it. There is no generator here: call
/// <see cref="WorkflowRuntimeOptions.RegisterWorkflow{TWorkflow}(string?)"/>, which is harmless beside it.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class WorkflowAttribute : Attribute
{
    /// <summary>The workflow is named as its class.</summary>
    public WorkflowAttribute()
    {
    }

    /// <summary>The workflow has a name of its own.</summary>
    /// <param name="name">The name.</param>
    public WorkflowAttribute(string name) => Name = name;

    /// <summary>The name, null for that of the class.</summary>
    public string? Name { get; }
}

/// <summary>
/// Marks an activity for the official package's source generator, which registers it. There is no generator here: call
/// <see cref="WorkflowRuntimeOptions.RegisterActivity{TActivity}(string?)"/>, which is harmless beside it.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class WorkflowActivityAttribute : Attribute
{
    /// <summary>The activity is named as its class.</summary>
    public WorkflowActivityAttribute()
    {
    }

    /// <summary>The activity has a name of its own.</summary>
    /// <param name="name">The name.</param>
    public WorkflowActivityAttribute(string name) => Name = name;

    /// <summary>The name, null for that of the class.</summary>
    public string? Name { get; }
}
