using Microsoft.Data.Sqlite;

namespace Tests.System;

/// <summary>What an operator, or an accident, does to a service's database file from outside.</summary>
internal static class ServiceFile
{
    private const int BusyTimeoutSeconds = 10;

    /// <summary>Changes the database of a running service.</summary>
    public static void Run(string path, string sql)
    {
        using var connection = Open(path);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of a query.</summary>
    public static IReadOnlyList<string> Read(string path, string sql)
    {
        using var connection = Open(path);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }

    /// <summary>Copies the database of a running service as of one moment.</summary>
    public static void BackUp(string path, string copy)
    {
        using var source = Open(path);
        using var target = Open(copy);
        source.BackupDatabase(target);
    }

    /// <summary>Puts a copy back in place of the database of a service that is down: the log beside the file belongs to the other life.</summary>
    public static void PutBack(string copy, string path)
    {
        File.Delete(path + "-wal");
        File.Delete(path + "-shm");
        File.Copy(copy, path, overwrite: true);
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path, DefaultTimeout = BusyTimeoutSeconds, Pooling = false,
        }.ToString());
        connection.Open();
        return connection;
    }
}
