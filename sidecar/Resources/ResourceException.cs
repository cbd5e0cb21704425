namespace Sidecar.Resources;

/// <summary>
/// A mistake in a file that the user wrote. Start-up stops with <see cref="Exception.Message"/> as its one line:
/// file, field, what is wrong with which value, and what to write instead.
/// </summary>
public sealed class ResourceException(string file, string field, string problem, string remedy)
    : Exception($"{file}: {field}: {problem}. {remedy}")
{
    /// <summary>The file, relative to the working directory where possible.</summary>
    public string File { get; } = file;

    /// <summary>Path of the field inside the file, for example <c>spec.metadata[2].value</c>.</summary>
    public string Field { get; } = field;
}
