using Sidecar.Resources.Yaml;

namespace Sidecar.Hosting.RunFiles;

/// <summary>Finds a command that cannot start before anything else has started.</summary>
internal static class CommandCheck
{
    public static void Check(YamlMap map, AppSpec spec)
    {
        if (spec.Command is not [var program, ..])
        {
            return;
        }

        if (!IsThere(program, spec.Directory))
        {
            throw map.Error(
                "command[0]",
                $"the program '{program}' was not found",
                "Install it, or write its path relative to appDirPath.");
        }

        if (spec.Command is ["dotnet", var assembly, ..]
            && assembly.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            && !File.Exists(Path.GetFullPath(assembly, spec.Directory)))
        {
            throw map.Error(
                "command[1]",
                $"'{assembly}' does not exist in {YamlFile.Display(spec.Directory)}",
                "Build it first: dotnet build.");
        }
    }

    private static bool IsThere(string program, string directory)
    {
        if (program.Contains(Path.DirectorySeparatorChar) || program.Contains(Path.AltDirectorySeparatorChar))
        {
            return File.Exists(Path.GetFullPath(program, directory));
        }

        string[] endings = OperatingSystem.IsWindows() ? [string.Empty, ".exe", ".cmd", ".bat"] : [string.Empty];
        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(d => endings.Any(e => File.Exists(Path.Combine(d, program + e))));
    }
}
