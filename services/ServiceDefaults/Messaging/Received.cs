namespace ServiceDefaults.Messaging;

/// <summary>A message as a handler gets it.</summary>
/// <param name="Id">CloudEvents id.</param>
/// <param name="Subject">Aggregate id.</param>
/// <param name="Version">Version of the aggregate after the change that it tells of (extension <c>aggregateversion</c>).</param>
/// <param name="Data">The event.</param>
public sealed record Received<TEvent>(string Id, string Subject, long Version, TEvent Data);
