namespace ServiceDefaults.Hosting;

/// <summary>A setting that is wrong or missing: the app does not start, and says so in one line (<see cref="StartFailures"/>).</summary>
/// <param name="source">Where it is set: a file, or the environment.</param>
/// <param name="field">Which setting.</param>
/// <param name="problem">What is wrong with it.</param>
/// <param name="remedy">What to do.</param>
public sealed class SettingException(string source, string field, string problem, string remedy)
    : InvalidOperationException($"{source}: {field}: {problem}. {remedy}");
