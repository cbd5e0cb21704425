namespace Dapr.Workflow;

/// <summary>
/// Registrations that are applied to every worker of the process, after its own. The official package's source
/// generator calls it.
/// </summary>
public static class WorkflowAutoRegistry
{
    private static readonly Lock Gate = new();
    private static readonly List<Action<WorkflowRuntimeOptions>> Registrations = [];

    /// <summary>Adds a registration, unless it is there already.</summary>
    /// <param name="registration">Registers workflows and activities.</param>
    public static void Register(Action<WorkflowRuntimeOptions> registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        lock (Gate)
        {
            if (!Registrations.Contains(registration))
            {
                Registrations.Add(registration);
            }
        }
    }

    internal static void Apply(WorkflowRuntimeOptions options)
    {
        Action<WorkflowRuntimeOptions>[] registrations;
        lock (Gate)
        {
            registrations = [.. Registrations];
        }

        foreach (var registration in registrations)
        {
            registration(options);
        }
    }
}
