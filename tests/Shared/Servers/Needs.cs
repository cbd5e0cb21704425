namespace Tests.Servers;

/// <summary>What a test needs from the machine. Compiled into every test project.</summary>
internal static class Needs
{
    /// <summary>Full path of a program; skips the test, with the reason, where it is not installed.</summary>
    /// <param name="name">Name of the program's file.</param>
    /// <param name="package">Debian package that has it.</param>
    public static string Program(string name, string package)
    {
        var path = Programs.Find(name);
        Assert.SkipWhen(path is null, $"{name} is not installed (Debian: apt-get install {package})");
        return path!;
    }

    /// <summary>Full path of redis-server, or skips the test.</summary>
    public static string Redis() => Program(RedisServer.ProgramName, "redis-server");

    /// <summary>Full path of rabbitmq-server, or skips the test.</summary>
    public static string Rabbit()
    {
        Assert.SkipWhen(RabbitServer.Program is null, "rabbitmq-server is not installed (Debian: apt-get install rabbitmq-server)");
        return RabbitServer.Program!;
    }
}
