namespace Cli;

/// <summary>Something that the user has to know and can act on: one line, never a stack trace. Exit code 1.</summary>
internal class CliException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A wrong command line: exit code 2.</summary>
internal sealed class UsageException(string message) : CliException(message);
