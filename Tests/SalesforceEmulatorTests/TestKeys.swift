/// Keys made for these tests; they open nothing else.
enum TestKeys {
    static let privatePEM = """
        -----BEGIN PRIVATE KEY-----
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCcLdOZTwhFmtPh
        hDkHqdOBYurGViiYLSzYbJbL5843C8YGdafVu3sSDY1kAsXC9p6HJzX3L4L6Vy91
        cHq4FA6MXTO3GRbRhqdFCPhRbBZ6w6AaGmFOE7ULBPPq4GUFVzvz6tBHteBVDDRw
        Q/7kQUn9VQ8J+BjwQn+f8KrokDgtR1WizL6KtO/n5hbUBHKoweiFyTwr4/iZ0+DM
        GKOcIj8CWFoSbrkJPQHnsusB2DHWLHCVhTKGPSY1U/oFhbBqzIsY/7oW8YB8Invz
        Dw+rXLzim1oyGwupu6fj5yL0QGi/tHspDpievGKjUHQYXW4VDTle/gYNJLRT/hs2
        SeYECERhAgMBAAECggEALENYqySZBZEh59Jfj2p0RUFRpLCahLaY9SWhf1zNNxCh
        KQeDb7HY6X7pyaR3hA/9UfSs+MeAaY74JmKghTc6AFIR7ByyOOPe2FP4fKsTm+uB
        nqRHW6d+MgdPUgwS1XapyTGNoiVL1Q7GdeLvhKV0YNYQkxS7jKxsG1pMNelZ4orZ
        Pa5JNlgzfBXQC/Sqoq5QesDtT4QYmx+gZ4jDS5z18GH9ipxO/0wp3UfiWiBaEU52
        0yPNEjNULiL8gMy16rJFtlQvnmwyMFdMcevCMq7mU2b8quwSJ8MwCr/WOntMd6KL
        xTGjIzaTvH3h1BpTmXPYXXIwjoAFg93q1tWGogSeuQKBgQDcO7+lTnNaJtvis893
        D4ncBI2hF0eGVZS9JKqS7o+2+xkqcP+Z3xAmWeN4C5SPSqGFrjltl02FK5Km/FMa
        DEcMjoLWQT+FmyZqai+24NX18gaFBJJ3aKZLuv2j01XvBrDRcbLuk0vAQwnhZLxX
        CVPjie1tq48oJC3NFBbk9bn+TwKBgQC1iwDDuAFjMfUdP+zH5RDcxjy8LjMzLhvA
        dSl/n6X4nVBcQC9zdxgj1o8WwWlei8F+zCKqlK5ufZGnqimzkbU0U5tEjatbGjCf
        +dUsbqnTj4Fl7NPKT/NDp6/mItoduVvTSdlNhf/vDF8vPvFWSK3CpIrD3rIT3YLd
        PixQJbgWTwKBgA4dJiMJ7AqTAvR8YYdXz5XyFMGGJGdPhMC6YNQZxcwMO4ikxTyv
        NvG+QP2ogFTOi5ttlvCXCbjHGhbphMnej48WcvwYImIFl2iqdXRa5Ftmr1RG/rv4
        UO/5g9fD63XuD9bcWoM/nVMs+K0hL5DEYEPsyvKEVCBWcTj7WJxDwy+xAoGADQqj
        T2wUjW+1UBibhfCquXF0Q4B+JRsW20iPZp+taKLEdxwVTJItpcVwGg5i52vaxqUb
        iG2N6loS8JyEymWZQt0OtmoG+VB0Vcm4yqxYft48SXot7Ma5jw6o0DuIt8HtGsyf
        U7ZgoGefHuHCrJQkB2uSnGePG2Y6VHJ29HsBMnkCgYEArJeY2UvnzRWAGu8/V555
        802qlKRlrNYuhj+t9TIwMQu6vJRxdSNN0SHFm1JJ/jhkh7rbBtd0aH8r0XjBriO/
        jk+vOJ2cLqaWfT0+3xGv+KrClfrD0AAi213IjFiug6CrVX56jAQme7hdrnBRObxk
        lF3KNOvWNy/tzCD9Stj/pnY=
        -----END PRIVATE KEY-----
        """

    static let otherPrivatePEM = """
        -----BEGIN PRIVATE KEY-----
        MIIEuwIBADANBgkqhkiG9w0BAQEFAASCBKUwggShAgEAAoIBAQCmL5FSuKxKBO9j
        0Pp965eczEw1ewOL0+LvTz1lMlw+uijX+D3qmWAXkfX39wRvLCbvBB3K9dqDP+pl
        lUab6dfML0otSuNnKoSHyOMZiPIeIMzps6DjxZBW+/yI7DRQPUgVOfSBW4ULX88q
        0xeFJcm/4A/grhJl0uGk9VMfbkgC9Em1bts7MsMfgmWHhibgBrvfWrngwFUU/TMx
        SUnoxZ+876R5JfyAvy1bOc8y8fcANJ1drwrBnQcoRiNpOqMHT1Ko1HAhXa2MFT6c
        YBNBqVnnfY9bCUO/dIFpSBWVA8x1iL5w0ME8xzp0LHFsn3627ZTRrKlSzGZQ4vXy
        TGyuTcXXAgMBAAECgf9SuO4OOH1ztyeFPQyJMKluXMpE3iUNp56W+zRLZureJRLc
        w2WzeeWVyYz9D5e9TyneYEu3mxzY2yxTUujuWSH9/28ruQMGLIn+wIOjK5Lfd8pa
        5brmiEMjARYIMlCGK1tm91Ci0TXAYIJTyjHnX1uR9x914sinFotNM7sMDfjU54J1
        kmXmXZWuKLET19J1boS2rDDkHMNuhmv4zrhQyJEzfIUiZMPXO681Ln3cF+nFekOB
        rsRDa6EdWw7mv1jdeoUtgtLeKn+ux8b6NIjVWu+S/DidUlhYd/JnrnjhittYyncK
        hehnT+msIPWvVhb0Bj+d+OXkU+e0+Vh7WyrD1DECgYEA08kq41oBatzZGEfRd8E+
        dIInhpJfGuOQCpiOkZBoQTeihzII/U24+sFQoFcE0Ka7nBs/EPYCFSNai+uohrSn
        FU/TwPRRkV0BC+Vdaw9btazQ+4Sg3HaYors7dfkfjGK2qDwSZ39nA2g8T9r6ggKs
        B8eusmemIe7frHBY/8R+yhECgYEAyOFSNSbcnVBGaOUNHJ9s4s8Pjos0kv5Rk3Ik
        1x5Pc+r6VR1HNSYBqmjmexQjwfFi8SN500dU33MSPmHMsRpc5CDZN+7Pwaeq9+fZ
        eocSEayz/dFEWBwCCqRvFojb2cJmDDbZgSin0MTPY7SE60EIup5X6LCTRmITpsif
        YKpR6WcCgYB6c/VFUTRCmoE3xca6jFRVPzAlYhp1TKBrT/wW9D0jgEyMCQUjmL3c
        1suMeeQB1HXjc+mKIAPiPvfKsS5W/Lsi2m4gQeOrve+t9ieGkHHBYLPQycXM0xG7
        /bAKrUltfWIJcfpeN07TrIA61+1CINNhCDbdVoq7UgeoB6md8PoyUQKBgQCh52EP
        r9u9+xZUss/nkuL6xvJ969qa4tky4puouihFgEz1Tty2jIRpKZUh+/B5/yjEu9gT
        nnlcg21f1AlbcKkPwR3yA8t1BMM6faZ+J+E7V5vWZdUUwrYuh6t1WScBErqW+5pA
        jFj9XbLdZICA7/CuILMvuyloX+IA2dAC5COS3wKBgBQjR9WndxhQ5n/2Qyw9ZAXe
        GFI/SPf9ke4xAu8AqvcNQeqW3M4PPs8w0kwrSEnaMI4D11pDCpD+WTY0IrcSGCyk
        5SfNMAmGN0YdkYfb1m83wm9kMcu9BsWtHTy0+UAfcxZuTroI+6oeH83vNx+iFN7k
        2nPLkvXy2WYsgFOxD1Rx
        -----END PRIVATE KEY-----
        """
}
