namespace Sidecar.Components;

/// <summary>What an input binding hands to the app.</summary>
/// <param name="Data">The request's body; empty for a mere trigger.</param>
/// <param name="Metadata">The component's own particulars; they become headers of the request.</param>
public sealed record BindingEvent(ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata);

/// <summary>A component that triggers the app. It is shared by the apps in scope, and read by each of them on its own.</summary>
public interface IInputBinding : IAsyncDisposable
{
    /// <summary>
    /// Calls <paramref name="onEvent"/> at every event until cancelled. The call returns at once; how the app answers does not come back
    /// here: the only component there is so far, cron, does not look at it.
    /// </summary>
    Task ReadAsync(Action<BindingEvent> onEvent, CancellationToken cancellationToken);
}
