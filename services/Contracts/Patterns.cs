namespace Contracts;

/// <summary>The ways in which an order's services come to agree; chosen per order.</summary>
public static class Patterns
{
    /// <summary>Choreography: each service reacts to the others' events.</summary>
    public const string Events = "events";

    /// <summary>Orchestration: a workflow in Orders calls the others, and undoes what it has begun where one refuses or fails.</summary>
    public const string Workflow = "workflow";

    /// <summary>Background synchronization: nobody is told anything; each service reads on a schedule what the others have changed.</summary>
    public const string Sync = "sync";

    /// <summary>The patterns that this version offers.</summary>
    public static readonly IReadOnlyList<string> Offered = [Events, Workflow, Sync];
}
