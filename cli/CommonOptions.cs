using System.CommandLine;
using System.CommandLine.Parsing;
using Cli.Running;
using Contracts;

namespace Cli;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>A system that is already up.</summary>
    public static Option<Uri?> Gateway(string description) => Url("--gateway", description);

    /// <summary>An http(s) address.</summary>
    public static Option<Uri?> Url(string name, string description) => new(name)
    {
        HelpName = "URL",
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Uri.TryCreate(text, UriKind.Absolute, out var uri)
                && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps))
            {
                return uri;
            }

            result.AddError($"{name}: '{text}' is no http(s) URL, such as http://127.0.0.1:5100.");
            return null;
        },
    };

    /// <summary>What the system is started with.</summary>
    public static Option<string> Components() => new("--components")
    {
        HelpName = "NAME",
        Description = "Folder with Dapr components: one under components/, or a path. All but 'embedded' need their servers to be up.",
        DefaultValueFactory = _ => ComponentsFolder.Embedded,
    };

    /// <summary>A system that is up has its components already.</summary>
    public static void RefuseBoth(CommandResult result, Option gateway, Option components)
    {
        if (result.GetResult(gateway) is { Implicit: false } && result.GetResult(components) is { Implicit: false })
        {
            result.AddError("--components: a system that is up has its components already; leave it out with --gateway.");
        }
    }

    /// <summary>A file for the figures. Checked before anything starts: a run takes minutes.</summary>
    public static Option<string?> Json()
    {
        var option = new Option<string?>("--json")
        {
            HelpName = "FILE", Description = "Write the figures to FILE as JSON.",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count != 1)
            {
                return;
            }

            var file = result.Tokens[0].Value;
            if (Directory.Exists(file))
            {
                result.AddError($"--json: '{file}' is a directory, not a file.");
            }
            else if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } directory && !Directory.Exists(directory))
            {
                result.AddError($"--json: directory '{directory}' does not exist.");
            }
        });
        return option;
    }

    /// <summary>Patterns that orders take turns in.</summary>
    public static Option<string[]> Pattern(params string[] fallback) => new Option<string[]>("--pattern")
    {
        HelpName = string.Join('|', Patterns.Offered),
        Description = "How the services agree; may be given several times.",
        DefaultValueFactory = _ => fallback,
    }.AcceptOnlyFromAmong([.. Patterns.Offered]);

    /// <summary>How many instances of which app a started system has; the sidecar knows the apps, and the most of each.</summary>
    public static Option<string[]> Replicas()
    {
        var option = new Option<string[]>("--replicas")
        {
            HelpName = "APP=COUNT", Description = "Run several instances of an app, such as inventory=2; may be given several times.",
            DefaultValueFactory = _ => [],
        };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.Split('=') is not [{ Length: > 0 }, var count] || !int.TryParse(count, out _)))
            {
                result.AddError($"--replicas: '{token.Value}' is not APP=COUNT, such as inventory=2.");
            }
        });
        return option;
    }

    /// <summary>Refuses options that only a system which the command itself starts can obey, beside <c>--gateway</c>.</summary>
    /// <param name="command">The command.</param>
    /// <param name="gateway">Its option that names a system which is up.</param>
    /// <param name="replicas">The option.</param>
    public static void OnlyWhereStarted(Command command, Option<Uri?> gateway, Option<string[]> replicas) => command.Validators.Add(result =>
    {
        if (result.GetResult(gateway) is { Implicit: false } && result.GetResult(replicas) is { Implicit: false })
        {
            result.AddError($"{replicas.Name}: only a system that this command starts can have it; leave it out with {gateway.Name}.");
        }
    });

    /// <summary>A whole number within bounds.</summary>
    public static Option<int> Number(string name, string helpName, string description, int min, int max, int fallback)
    {
        var option = new Option<int>(name)
        {
            HelpName = helpName,
            Description = description,
            DefaultValueFactory = _ => fallback,
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens[0].Value, out var value) && value >= min && value <= max)
                {
                    return value;
                }

                result.AddError($"{name}: '{result.Tokens[0].Value}' is not a whole number from {min} to {max}.");
                return fallback;
            },
        };
        return option;
    }

    /// <summary>A share from 0 to 1.</summary>
    public static Option<double> Share(string name, string description, double fallback) => new(name)
    {
        HelpName = "SHARE",
        Description = description,
        DefaultValueFactory = _ => fallback,
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, out var value) && value is >= 0 and <= 1)
            {
                return value;
            }

            result.AddError($"{name}: '{result.Tokens[0].Value}' is not a share from 0 to 1, such as {fallback}.");
            return fallback;
        },
    };
}
