using System.Security.Cryptography;
using System.Text;

namespace Cli.Access;

/// <summary>Secrets at random: 256 bits, too many to be guessed at any speed.</summary>
internal static class NewSecret
{
    private const int Bytes = 32;

    /// <summary>A token that only processes of a run know.</summary>
    public static string Token() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>A key for the gateway; its beginning tells people, and programs that look for leaked secrets, what it is.</summary>
    public static string Key() => "ck_" + Token();

    /// <summary>What the gateway keeps of a key.</summary>
    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
