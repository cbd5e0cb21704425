namespace Sidecar.Hosting;

/// <summary>
/// The start cannot go on, for a reason outside the resource files; the message is the one line that the user sees.
/// </summary>
public sealed class StartupException(string message) : Exception(message);
